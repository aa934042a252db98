"""The requests of the benchmarks: sellers drawn from the load tester's profile, none of them asked for wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import cycle
from random import Random

from linkedaccounts.loadtest.calls import Prepared, Question, Shape
from linkedaccounts.loadtest.drawing import METHODS, SERVICE, draw_questions, prepared_calls
from linkedaccounts.loadtest.headers import opening_block
from linkedaccounts.loadtest.profile import default_profile, read_profile

FEW, PROFILE, DISTINCT = 500, 5_000, 40_000
"""How many sellers there are: fewer than are remembered; more; and so many that none is asked for twice."""


@cache
def sellers(count: int) -> Sequence[Question]:
    """So many different sellers, the same every time."""
    profile = read_profile(default_profile())
    calls = profile.calls.model_copy(update={"bad": 0.0})
    drawn = profile.sellers.model_copy(update={"count": count})
    random = Random(count)  # noqa: S311  # draws what to ask, guards nothing
    return draw_questions(profile.model_copy(update={"calls": calls, "sellers": drawn}), random)


@cache
def prepared(count: int, shape: Shape = Shape.UNARY, size: int = 1) -> Sequence[Prepared]:
    """Calls that together ask for so many sellers, ``size`` in each."""
    block = opening_block(f"/{SERVICE}/{METHODS[shape]}", "127.0.0.1", "http", 20_000, ())
    return prepared_calls(shape, sellers(count), size, block)


@cache
def in_turn(count: int, shape: Shape = Shape.UNARY, size: int = 1) -> Iterator[Prepared]:
    """Those calls one after the other, without end; who asks again goes on where it was left.

    Else every round would ask for the sellers of the one before, and find them remembered.
    """
    return cycle(prepared(count, shape, size))


def at_random(count: int) -> Iterator[Prepared]:
    """Single calls for any of so many sellers, without end."""
    calls, random = prepared(count), Random(count)  # noqa: S311  # likewise
    while True:
        yield from random.choices(calls, k=1000)
