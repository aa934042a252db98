"""Calls whose time does not suffice any more: nobody would get the answer, so it is not worked on."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import grpc

from linkedaccounts.endpoints.answers import Answer, Context
from linkedaccounts.endpoints.tally import DEADLINE, Tally

TOO_LATE = "the time that is left for this call does not suffice for it; it was not begun"
RISE = 1.05
FALL = 0.9


class Needed:
    """The least time that calls of a method need at present, in seconds; 0 until one has ended.

    It follows a faster call at once and slower ones step by step, so that one slow call does not have others refused.
    Each refusal lowers it, so that what is refused because of it is tried again soon.
    """

    def __init__(self) -> None:
        self.seconds = 0.0

    def took(self, seconds: float) -> None:
        """A call was answered."""
        self.seconds = min(seconds, self.seconds * RISE) if self.seconds else seconds

    def suffices(self, left: float) -> bool:
        """Whether a call with so much time left may still be answered in time."""
        if left > 0 and left >= self.seconds:
            return True
        self.seconds *= FALL
        return False


def in_time(answer: Answer, tally: Tally, clock: Callable[[], float] = perf_counter) -> Answer:
    """``answer``, for calls that can still be answered in time; others end with DEADLINE_EXCEEDED at once."""
    needed = Needed()

    async def answered(context: Context) -> Any:
        left: float | None = context.time_remaining()
        if left is not None and not needed.suffices(left):
            tally.shed[DEADLINE] += 1
            await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, TOO_LATE)
        began = clock()
        result = await answer(context)
        needed.took(clock() - began)
        return result

    return answered
