"""What is counted while a load runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from linkedaccounts.loadtest.calls import Call
from linkedaccounts.loadtest.latencies import Latencies

LATE_SECONDS = 0.010
"""A call that goes out so long after its moment, or a tick after the one before, says that the client was too slow."""


@dataclass(slots=True)
class Second:
    """The calls that were due in one second; and how many ended in it, with how many quotes, whenever they were due."""

    due: int = 0
    ended: int = 0
    quotes: int = 0
    unexpected: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: Latencies = field(default_factory=Latencies)


class Measurements:
    """Counts calls by the second in which they were due; those due before ``begins`` are the warm-up, and left out.

    A latency runs from when a call was due, not from when it went out: a stall is counted for every call that waited.
    ``latencies`` are of calls that ended as they were meant to, and ``failed`` of all others.
    """

    def __init__(self, begins: float) -> None:
        self.begins = begins
        self.seconds: defaultdict[int, Second] = defaultdict(Second)
        self.kinds: defaultdict[str, Latencies] = defaultdict(Latencies)
        self.failed = Latencies()
        self.unexpected = 0
        self.late = 0
        self.stood_still = 0.0
        self._ticked = begins

    def ticked(self, now: float) -> None:
        """The client looks what is due: if it did not for long, it stood still, and so did every answer that it got."""
        if now - self._ticked > LATE_SECONDS:
            self.stood_still += now - self._ticked
        self._ticked = max(now, self.begins)

    def due(self, moment: float, *, late: bool) -> None:
        """A call is due; ``late`` says that this client was too slow to send it in time."""
        if moment >= self.begins:
            self.seconds[int(moment - self.begins)].due += 1
            self.late += late

    def ended(self, call: Call, status: str, now: float) -> None:
        """A call has its status."""
        if call.due < self.begins:
            return
        ending = self.seconds[int(now - self.begins)]
        ending.ended += 1
        second = self.seconds[int(call.due - self.begins)]
        second.statuses[status] += 1
        if status == call.prepared.expected:
            latency = now - call.due
            second.latencies.add(latency)
            self.kinds[call.prepared.kind].add(latency)
            ending.quotes += len(call.prepared.questions)
        else:
            self.unexpected += 1
            second.unexpected[status] += 1
            self.failed.add(now - call.due)
