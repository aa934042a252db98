"""Charges everyone who is due, exactly once: whoever runs it, how often, how late, and wherever it is killed.

What begins on a day in a store is cut into slices once it is due. Any number of processes charge slices, each in a
transaction of its own, until none is open. First of all what was set aside is taken up again, then the earliest day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from linkedaccounts.application.billing.charge_cycles import ChargeCycles, Quote
from linkedaccounts.application.billing.ports import BillingStorage, Charged, Cursor, DueCycle, Part
from linkedaccounts.domain.billing_day import due_at, settled_at

SLICE = 500
"""Accounts that are charged in one transaction: enough to share its cost, few enough to do again if it is lost."""
DUE_LATER = timedelta(days=2)
"""When anything of a day is due, all is of days so long before."""
NOWHERE = ""
"""A store that no account is in: a part of it tells later runs of the day of the first one, which had nothing due."""
BEGINNING = Cursor(date.min, "")
NOTHING = Charged((), ())


@dataclass(frozen=True, slots=True)
class RunBilling:
    """The use case. ``quote_on`` gives what quotes by the policy of a day; ``zones`` of a day are those of its stores.

    A store without a zone, which the catalogue of the day does not have, is due when the day has begun by UTC.
    """

    storage: BillingStorage
    quote_on: Callable[[date], Quote]
    zones: Callable[[date], Mapping[str, ZoneInfo]]
    now: Callable[[], datetime]
    pause: Callable[[float], object]
    slice_size: int = SLICE

    def __call__(self, through: date) -> Iterator[Charged]:
        """Charges all that is due through a day; gives what each transaction did, and ends when no slice is open."""
        self.plan(through)
        yield from self.take_up()
        yield from self.charge_slices(through)

    def take_up(self) -> Iterator[Charged]:
        """Tries once more what was set aside."""
        cursor = BEGINNING
        while found := self.storage.charge_set_aside(cursor, self.slice_size, self._charge):
            charged, cursor = found
            yield charged

    def charge_slices(self, through: date) -> Iterator[Charged]:
        """Charges what is cut into slices, together with whoever else does, until none is open."""
        while True:
            done = self.storage.charge_slice(self._charge, through)
            if done is not None:
                yield done
            elif self.storage.open_slices(through):  # others are charging all that is open: one of them may die yet
                self.pause(0.1)
            else:
                return

    def waiting(self, through: date) -> Sequence[tuple[str, datetime]]:
        """Where the day has not begun yet: the stores, and when it does."""
        now, zones = self.now(), self.zones(through)
        later = ((store, due_at(through, zones.get(store, ZoneInfo("UTC")))) for store in self.storage.stores())
        return [(store, at) for store, at in later if at > now]

    def plan(self, through: date) -> None:
        """Cuts what is due by now into slices, as a run does first."""
        last = min(through, self.now().date())  # nothing of a later day has begun
        first = self._first(last)
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        planned, stores = set(self.storage.planned(days)), self.storage.stores()
        for day in days:
            if parts := [part for part in self._due(day, stores) if part not in planned]:
                self.storage.plan(parts, self.slice_size)

    def _first(self, through: date) -> date:
        """From which day on something may be due that is not cut yet; none before that of the first run."""
        known = self.storage.days_planned()
        if known is None:
            self.storage.plan([Part(through, NOWHERE, first_cycles=False)], self.slice_size)
            return through
        first, last = known
        return min(through, max(first, last - DUE_LATER))

    def _due(self, day: date, stores: Sequence[str]) -> Iterator[Part]:
        """What of a day is due by now. First cycles are when the day is over: who registers on it is known by then."""
        now, zones = self.now(), self.zones(day)
        over = settled_at(day + timedelta(days=1))
        for store in stores:
            begins = due_at(day, zones.get(store, ZoneInfo("UTC")))
            if begins <= now:
                yield Part(day, store, first_cycles=False)
            if max(over, begins) <= now:
                yield Part(day, store, first_cycles=True)

    def _charge(self, due: Sequence[DueCycle]) -> Charged:
        """Cycles of several days, each by the policy of its day."""
        found = NOTHING
        for day, cycles in groupby(due, key=lambda cycle: cycle.day):
            charged = ChargeCycles(self.quote_on(day))(list(cycles))
            found = Charged(found.booked + charged.booked, found.set_aside + charged.set_aside)
        return found
