"""Drives a load: gives out calls when they are due, and hears how they end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from linkedaccounts.loadtest.calls import Call, Prepared
from linkedaccounts.loadtest.loads import Load
from linkedaccounts.loadtest.measurements import LATE_SECONDS, Measurements

TICK_SECONDS = 0.001
"""Shorter ticks keep a CPU busy and gain nothing."""


class Sender(Protocol):
    """What sends calls, as a pool of connections does."""

    @property
    def unfinished(self) -> int:
        """How many calls wait or are on their way."""

    def offer(self, call: Call) -> None:
        """A call to send as soon as there is room."""

    def dispatch(self, fresh: int = 0) -> None:
        """Sends what there is room for; of ``fresh``, the calls offered last, it counts those that have to wait."""

    def expire(self, due_before: float) -> None:
        """Ends all calls that were due before a moment."""


@dataclass(slots=True)
class Engine:
    """Gives calls of ``requests`` to ``sender`` as ``load`` wants them; each has ``timeout`` seconds from its moment.

    ``picked`` says of each call whether its answer is looked at, and ``look`` gets it, with its latency. All moments
    are seconds since ``begin``, by ``clock``.
    """

    load: Load
    requests: Iterator[Prepared]
    measurements: Measurements
    timeout: float
    picked: Callable[[], bool]
    look: Callable[[Call, str, float], None]
    clock: Callable[[], float] = time.perf_counter
    sender: Sender = field(init=False)
    _began: float = field(init=False, default=0.0)
    _next_expiry: float = field(init=False, default=0.0)

    def begin(self, sender: Sender) -> None:
        """The load begins now."""
        self.sender = sender
        self._began = self.clock()

    @property
    def elapsed(self) -> float:
        """Seconds since the load began."""
        return self.clock() - self._began

    def tick(self) -> None:
        """Sends what is due by now, and gives up what has waited for too long."""
        now = self.elapsed
        self.measurements.ticked(now)
        moments = self.load.due(now)
        for moment in moments:
            self._offer(moment, late=now - moment > LATE_SECONDS)
        self.sender.dispatch(len(moments))
        if now >= self._next_expiry:
            self._next_expiry = now + min(0.1, self.timeout / 10)
            self.sender.expire(now - self.timeout)

    def ended(self, call: Call, status: str) -> None:
        """A call has its status; in a closed load the next one takes its place."""
        now = self.elapsed
        if status == "CANCELLED" and now - call.due >= self.timeout:
            status = "DEADLINE_EXCEEDED"  # the server, which was told the timeout, was a little faster to give it up
        self.measurements.ended(call, status, now)
        if call.answer is not None:
            self.look(call, status, now - call.due)
        for moment in self.load.ended(now):
            self._offer(moment, late=False)

    async def run(self, every_second: Callable[[int], None]) -> None:
        """Ticks until all calls have gone out and ended; tells each whole second that passed."""
        told, now = 0, 0.0
        while now < self.load.seconds or self.sender.unfinished:
            now = self.elapsed
            self.tick()  # also once when the load is over: what was due since the last tick has not gone out
            if now >= told + 1:
                told = int(now)
                every_second(told)
            await asyncio.sleep(TICK_SECONDS)
        if self.elapsed >= told + 1:
            every_second(int(self.elapsed))

    def _offer(self, moment: float, *, late: bool) -> None:
        self.measurements.due(moment, late=late)
        self.sender.offer(Call(next(self.requests), moment, checked=self.picked()))
