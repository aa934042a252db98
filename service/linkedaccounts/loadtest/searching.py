"""Searches the highest rate at which something holds. It knows nothing of calls: it is told whether a rate holds."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum


class Answer(Enum):
    """What a try of a rate says."""

    HELD = "held"
    FAILED = "failed"
    INVALID = "invalid"
    """Nothing: who tried it was the limit."""


Try = Callable[[float], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Range:
    """Where to search, and how closely: the answer is known to a share of itself, ``precision``."""

    lowest: float
    highest: float = math.inf
    precision: float = 0.05


@dataclass(frozen=True, slots=True)
class Limit:
    """The highest rate that held and the lowest that failed; None where there was none.

    ``untold`` is the rate that ended the search because it could not be told of it whether it holds.
    """

    held: float | None
    failed: float | None
    untold: float | None = None


async def find_limit(attempt: Try, within: Range) -> Limit:
    """Doubles the lowest rate until one fails, then halves what lies between the highest that held and what failed.

    What does not hold is tried a second time before it counts: one hiccup of a machine must not decide a search. The
    answer is tried once more at the end, and lower rates if it fails then: a service that had room for a burst must not
    pass either. If rates hold up to some limit, and no false alarm comes twice in a row, the limit is from ``held`` up
    to ``failed``.
    """
    held: list[float] = []
    failed, rate = math.inf, within.lowest
    while True:
        answer = await _settled(attempt, rate)
        if answer is Answer.INVALID:
            return Limit(_last(held), _known(failed), untold=rate)
        if answer is Answer.FAILED:
            failed = rate
            held = [each for each in held if each < failed]
        elif rate in held:
            return Limit(rate, _known(failed))
        else:
            held.append(rate)
        if not held:
            return Limit(None, failed)
        rate = _next(held[-1], failed, within)


def _next(held: float, failed: float, within: Range) -> float:
    """The rate to try now; ``held`` again if it is the answer."""
    if held >= within.highest or failed - held <= within.precision * held:
        return held
    return min(2 * held, within.highest) if math.isinf(failed) else (held + failed) / 2


async def _settled(attempt: Try, rate: float) -> Answer:
    """The answer on a rate: that it holds needs one try, that it does not needs two."""
    first = await attempt(rate)
    return first if first is Answer.HELD else await attempt(rate)


def _last(rates: Sequence[float]) -> float | None:
    return rates[-1] if rates else None


def _known(rate: float) -> float | None:
    return None if math.isinf(rate) else rate
