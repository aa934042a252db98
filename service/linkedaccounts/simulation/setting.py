"""What a simulation is of: the same setting makes the same market, and the same ledger on any database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from linkedaccounts.domain.billing_cycle import months_after


@dataclass(frozen=True, slots=True)
class Setting:
    """``months`` from the day ``first`` on, with so many ``sellers`` in the end."""

    first: date
    months: int
    sellers: int
    seed: int

    @property
    def days(self) -> list[date]:
        """Every simulated day."""
        count = (months_after(self.first, self.months) - self.first).days
        return [self.first + timedelta(days=number) for number in range(count)]

    def random(self, *about: object) -> Random:
        """Chance of its own for what it is about, so that nothing else changes it."""
        return Random(":".join(map(str, (self.seed, *about))))  # noqa: S311  # a market, no secret


@dataclass(slots=True)
class Clock:
    """The simulated clock: it is what it was set to."""

    now: datetime

    def __call__(self) -> datetime:
        """The moment."""
        return self.now

    def day(self) -> date:
        """The day, by UTC."""
        return self.now.date()


def at(day: date, seconds: int = 0) -> datetime:
    """So many seconds after a day began by UTC."""
    return datetime.combine(day, time.min, UTC) + timedelta(seconds=seconds)
