"""What this process counts, for its metrics."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from linkedaccounts.application.events.publish_events import PUBLISHED, UNREACHABLE

BOUNDS = (
    *(0.00025, 0.0005, 0.001, 0.002, 0.003),
    *(0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)
"""Seconds up to which each bucket reaches: those that OpenTelemetry advises for calls, and finer ones below them."""


HIT, MISS = "hit", "miss"
TOO_MANY_CALLS, OVERLOAD, DEADLINE = "too_many_calls", "overload", "deadline"
SENT = "sent"
"""To a subscriber, of events."""
SHED = (TOO_MANY_CALLS, OVERLOAD, DEADLINE)
"""Why a call is shed: as many as the limit allows are at work, those that wait do so for too long, its time is over."""


class Durations:
    """How many took how long: ``counts`` for each of BOUNDS and, last, what took longer; ``seconds`` in all."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


def _by_method_and_status() -> defaultdict[tuple[str, str], Durations]:
    return defaultdict(Durations)


@dataclass(slots=True)
class Tally:
    """Calls at work; calls that ended, by method and status; quotes, by whether their answer was remembered.

    ``shed`` counts calls that were refused for the load, by why (SHED); ``at_threads`` is the work about sellers that
    waits for a thread or goes on in one; ``lag`` how late the event loop was, each time that it was looked at.
    ``subscribers`` are told of events by now; ``events`` counts what became of these; the broker lacks
    ``events_waiting``.
    """

    at_work: int = 0
    at_threads: int = 0
    ended: defaultdict[tuple[str, str], Durations] = field(default_factory=_by_method_and_status)
    quotes: Counter[str] = field(default_factory=lambda: Counter({HIT: 0, MISS: 0}))
    shed: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(SHED, 0)))
    lag: Durations = field(default_factory=Durations)
    subscribers: int = 0
    events: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys((SENT, PUBLISHED, UNREACHABLE), 0)))
    events_waiting: int = 0
