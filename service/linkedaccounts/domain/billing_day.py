"""On which day a cycle is charged, and from which moment on.

A cycle is charged on its first day, which is a day of the store: it begins when it begins there, by the store's own
zone. What is charged follows from what was true when the same day began by UTC, by which everything is dated. So it is
charged once the day has begun by both, and whoever charges it later, charges the same.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def due_at(day: date, zone: ZoneInfo) -> datetime:
    """From which moment on the cycles that begin on a day are charged in stores of a zone.

    Where clocks skip midnight, or the whole day, the day begins at the moment of the change.
    """
    return max(_beginning(day, zone), datetime.combine(day, time.min, UTC))


def _beginning(day: date, zone: ZoneInfo) -> datetime:
    # Before a gap the earlier offset holds (fold 0), which puts a moment within it at its end or later, never earlier.
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def anchor_days(day: date) -> Collection[int]:
    """The days of the month to which a cycle that begins on ``day`` may be anchored: on a month's last day several."""
    last = monthrange(day.year, day.month)[1]
    return range(day.day, 32) if day.day == last else (day.day,)
