"""Calls whose time does not suffice are not begun."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from linkedaccounts.endpoints.deadlines import Needed, in_time
from linkedaccounts.endpoints.tally import Tally


class Refused(Exception):
    """How gRPC ends a call that is aborted."""


class TimeLeft:
    """The context of a call that has so many seconds left."""

    def __init__(self, left: float | None) -> None:
        self._left = left
        self.told: list[grpc.StatusCode] = []

    def time_remaining(self) -> float | None:
        return self._left

    async def abort(self, code: grpc.StatusCode, details: str) -> None:
        self.told.append(code)
        raise Refused(details)


class Work:
    """An answer that takes as many seconds as a test says."""

    def __init__(self) -> None:
        self.seconds = 1.0
        self.now = 0.0
        self.begun = 0
        self.tally = Tally()
        self._answer = in_time(self._work, self.tally, lambda: self.now)

    async def ask(self, left: float | None) -> bool:
        """Whether a call with so much time was worked on."""
        time_left = TimeLeft(left)
        context: Any = time_left
        try:
            await self._answer(context)
        except Refused:
            return time_left.told != [grpc.StatusCode.DEADLINE_EXCEEDED]
        return True

    async def _work(self, _context: object) -> None:
        self.begun += 1
        self.now += self.seconds


async def test_a_call_whose_time_is_over_or_does_not_suffice_is_not_begun() -> None:
    work = Work()

    assert await work.ask(2.0)
    assert not await work.ask(0.0)
    assert not await work.ask(0.7)
    assert await work.ask(None)
    assert (work.begun, work.tally.shed["deadline"]) == (2, 2)


async def test_before_any_call_was_answered_all_are_begun() -> None:
    assert await Work().ask(0.000_001)


async def test_what_was_refused_is_tried_again_before_long() -> None:
    work = Work()
    await work.ask(None)
    tries = [await work.ask(0.2) for _ in range(30)]

    assert tries.index(True) < 20


@pytest.mark.parametrize("slow", [1.0, 1000.0])
async def test_one_slow_call_does_not_have_others_refused(slow: float) -> None:
    work = Work()
    for work.seconds in (0.1, slow):
        await work.ask(None)

    assert await work.ask(0.11)


def test_what_is_needed_follows_when_all_calls_become_slower() -> None:
    needed = Needed()
    for seconds in (0.1, *[0.2] * 50):
        needed.took(seconds)

    assert needed.seconds == 0.2
