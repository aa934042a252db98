"""Who decides when the next call goes out: the clock (open model), or the end of the call before (closed model)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Protocol

from linkedaccounts.loadtest.stages import Stage, length, level_at

GRAIN_SECONDS = 0.002
"""How exactly this client's clock strikes: a call that goes out this soon after its moment is on time."""


class Load(Protocol):
    """When calls are due; moments are seconds from the beginning of the load."""

    seconds: float
    """For how long calls go out."""

    def due(self, now: float) -> Sequence[float]:
        """When each of the calls was due that should have gone out by ``now`` and have not been given out before."""

    def ended(self, now: float) -> Sequence[float]:
        """A call ended: the calls that are due because of that."""


class OpenLoad:
    """Calls go out at moments of their own, however long others take: so do those of many independent callers."""

    def __init__(self, arrivals: Iterator[float], seconds: float) -> None:
        self.seconds = seconds
        self._arrivals = arrivals
        self._next = next(arrivals, math.inf)

    def due(self, now: float) -> Sequence[float]:
        """Those of the schedule; a moment within the clock's grain counts as now."""
        due = []
        while self._next <= now:
            due.append(now if now - self._next <= GRAIN_SECONDS else self._next)
            self._next = next(self._arrivals, math.inf)
        return due

    def ended(self, now: float) -> Sequence[float]:  # noqa: ARG002  # what others wait for matters to no caller here
        """None."""
        return ()


class ClosedLoad:
    """Each of some callers has one call on its way, and makes the next as soon as that one ends."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.seconds = length(stages)
        self._stages = stages
        self._active = 0
        self._wanted = 0

    def due(self, now: float) -> Sequence[float]:
        """One for each caller who joins."""
        self._wanted = round(level_at(self._stages, now))
        joining = max(0, self._wanted - self._active)
        self._active += joining
        return [now] * joining

    def ended(self, now: float) -> Sequence[float]:
        """The next call of the same caller, or none if there are to be fewer callers."""
        if self._active <= self._wanted and now < self.seconds:
            return (now,)
        self._active -= 1
        return ()
