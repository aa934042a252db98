"""Sellers whose facts may lie in a region: stated as a caller would, the plainest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.domain.billing_cycle import months_after
from linkedaccounts.policy.regions import Box, Space
from linkedaccounts.policy.values import Spans, ValueSet
from linkedaccounts.workbench.compare_example import nearest

A_YEAR = 12
"""In months."""


@dataclass(frozen=True, slots=True)
class SellersIn:
    """Sellers with a store on a day, whose facts may lie in a box: whether they do is for the caller to see."""

    box: Box
    space: Space
    code: str
    others: Sequence[str]
    day: date

    def requests(self) -> Iterator[QuoteRequest]:
        """The plainest first."""
        for linked, first, home, count, months in product(
            self._flags("seller.linked", True),
            self._flags("store.first_month", False),
            self._flags("store.home", True),
            self._numbers("seller.store_count", (2, 1, 3)),
            self._numbers("store.months_since_registration", (A_YEAR, 6, 1, 0)),
        ):
            if count <= len(self.others) + 1 and (linked or not first):
                yield self._request(linked, first, home, count, months)

    def _request(self, linked: bool, first: bool, home: bool, count: int, months: int) -> QuoteRequest:
        registered_on = self._registered_on(months)
        linked_on = self.day if first and linked else registered_on
        own = StoreAccount(
            self.code,
            registered_on.isoformat(),
            linked_on.isoformat() if linked else "",
            self._own_listings(),
            self._word("store.selling_plan"),
            self._flags("store.suspended", False)[0],
            self._flags("store.on_vacation", False)[0],
        )
        return QuoteRequest(
            (own, *self._besides(own, count - 1)), linked, self.day.isoformat(), self._home(home, count)
        )

    def _own_listings(self) -> int | None:
        listings, active = self._number("store.active_listings"), self._number("seller.active_store_count")
        return int(active > 0) if listings is None and active is not None else listings

    def _besides(self, own: StoreAccount, count: int) -> Iterator[StoreAccount]:
        """The seller's other stores; as many of them have listings as the box wants."""
        active = self._number("seller.active_store_count")
        with_listings = None if active is None else active - bool(own.active_listings)
        for number, code in enumerate(self.others[:count]):
            listings = None if with_listings is None else int(number < with_listings)
            yield StoreAccount(code, own.registered_on, own.linked_on, listings)

    def _home(self, home: bool, count: int) -> str:
        homes = values_of("seller.home_store", self.box, self.space)
        others = self.others[: count - 1]
        return self.code if home or count < 2 else next((other for other in others if other in homes), others[0])

    def _registered_on(self, months: int) -> date:
        wanted = months_before(self.day, months)
        return day_of(nearest(values_of("store.registered_on", self.box, self.space), wanted.toordinal()))

    def _flags(self, path: str, plain: bool) -> list[bool]:
        return [value for value in (plain, not plain) if value in values_of(path, self.box, self.space)]

    def _numbers(self, path: str, plain: Sequence[int]) -> list[int]:
        values = values_of(path, self.box, self.space)
        return list(dict.fromkeys([value for value in plain if value in values] or [nearest(values, plain[0])]))

    def _number(self, path: str) -> int | None:
        values = values_of(path, self.box, self.space)
        return nearest(values, 1) if isinstance(values, Spans) and not values.unknown else None

    def _word(self, path: str) -> str | None:
        values = values_of(path, self.box, self.space)
        return None if values.unknown else str(values.example())


def months_before(day: date, months: int) -> date:
    """The day some months earlier, or the first of all days."""
    return months_after(day, -months) if day.year > date.min.year + months // A_YEAR else date.min


def values_of(path: str, box: Box, space: Space) -> ValueSet:
    """The values that a fact may have in a box."""
    return box.get(path, space.facts[path].domain)


def day_of(ordinal: int) -> date:
    """The day of an encoded fact; of a number beyond all days the last one."""
    return date.fromordinal(min(ordinal, date.max.toordinal()))
