"""Which billing cycles became due, and of which no charge was found yet: by the market's own record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from linkedaccounts.simulation.expected import Expectation
from linkedaccounts.simulation.history import KnownAccount

BACK = timedelta(days=3)
"""Cycles of days so long ago became due by the last time, wherever their stores are."""

Cycle = tuple[str, date]
"""An account, and the first day of one of its cycles."""


@dataclass(slots=True)
class DueCycles:
    """``open`` are due and not charged, ``charged`` are those that were. Cycles before ``first`` are nobody's."""

    expectation: Expectation
    first: date
    open: dict[Cycle, KnownAccount] = field(default_factory=dict)
    charged: set[Cycle] = field(default_factory=set)
    _from: date | None = None

    def look(self, now: datetime) -> None:
        """Adds what became due since the last time."""
        day = self._from or self.first
        while day <= now.date():
            for account in self.expectation.history.due_on(day):
                cycle = (account.id, day)
                if cycle not in self.charged and self.expectation.due_at(account, day) <= now:
                    self.open[cycle] = account
            day += timedelta(days=1)
        self._from = max(self.first, now.date() - BACK)

    def charge(self, cycle: Cycle) -> KnownAccount | None:
        """The account of a cycle that is charged now; None if none is due, or it was charged before."""
        account = self.open.pop(cycle, None)
        if account is not None:
            self.charged.add(cycle)
        return account
