"""Monthly billing cycles, anchored to the day on which a store was registered.

The k-th cycle begins k months after the anchor, on the anchor's day of the month or, in a shorter month, on that
month's last day: 31 January → 28/29 February → 31 March. Source: the project's domain notes, "First month".
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

SHORTEST_MONTH = 28
"""Up to this day no month has to be looked up, which takes longer than all the rest."""


@dataclass(frozen=True, slots=True)
class BillingCycle:
    """One billing month: cycle number ``index`` (0 is the first) from ``starts_on`` through ``last_day``."""

    index: int
    starts_on: date
    last_day: date

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.last_day


def months_after(anchor: date, months: int) -> date:
    """The day ``months`` months after ``anchor``; the last day of the month where the anchor's day does not exist."""
    year, month0 = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    day = anchor.day if anchor.day <= SHORTEST_MONTH else min(anchor.day, monthrange(year, month0 + 1)[1])
    return date(year, month0 + 1, day)


def cycle_containing(anchor: date, day: date) -> BillingCycle:
    """The billing cycle of a store registered on ``anchor`` that contains ``day``; ValueError if the day is earlier."""
    if day < anchor:
        raise ValueError(f"{day} is before the first billing cycle, which begins on {anchor}")
    index = (day.year - anchor.year) * 12 + day.month - anchor.month
    starts_on = months_after(anchor, index)
    if starts_on > day:
        index -= 1
        starts_on = months_after(anchor, index)
    return BillingCycle(index, starts_on, months_after(anchor, index + 1) - timedelta(days=1))
