"""On which day a cycle is charged, and from which moment on.

A cycle is charged on its first day, which is a day of the store: it begins when it begins there, by the store's own
zone. What is charged follows from what was true when the same day began by UTC, by which everything is dated. So it is
charged once the day has begun by both, and whoever charges it later, charges the same.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SETTLING = timedelta(minutes=1)
"""How long after midnight what was dated before it may still be on its way into the memory: calls end well before."""


def settled_at(day: date) -> datetime:
    """From which moment on all is known that is dated before ``day`` by UTC."""
    return datetime.combine(day, time.min, UTC) + SETTLING


def due_at(day: date, zone: ZoneInfo) -> datetime:
    """From which moment on the cycles that begin on a day are charged in stores of a zone.

    Where clocks skip midnight, or the whole day, the day begins at the moment of the change.
    """
    return max(_beginning(day, zone), settled_at(day))


def _beginning(day: date, zone: ZoneInfo) -> datetime:
    # Before a gap the earlier offset holds (fold 0), which puts a moment within it at its end or later, never earlier.
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def anchor_days(day: date) -> Collection[int]:
    """The days of the month to which a cycle that begins on ``day`` may be anchored: on a month's last day several."""
    last = monthrange(day.year, day.month)[1]
    return range(day.day, 32) if day.day == last else (day.day,)
