"""The seller that a quote is asked for, and what is assumed where nothing is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MINYEAR, date

from linkedaccounts.client import Account


@dataclass(frozen=True, slots=True)
class Seller:
    """What is said of a seller, and the day of the quote; ``assumed`` are the stores whose registration is not said."""

    day: date
    accounts: tuple[Account, ...]
    assumed: frozenset[str]
    linked: bool
    home_store: str
    explain: bool

    @property
    def assumptions(self) -> Mapping[str, list[str]]:
        """The stores whose registration is assumed, by the day that is taken for it."""
        stores_of: dict[str, list[str]] = {}
        for account in self.accounts:
            if account.store in self.assumed:
                stores_of.setdefault(str(account.registered_on), []).append(account.store)
        return stores_of


def assumed_registration(day: date, linked_on: date | None = None) -> date:
    """The first of the month one year before ``day``, so that the first month is over; or the linking, if earlier."""
    year_before = day.replace(year=max(day.year - 1, MINYEAR), day=1)
    return min(year_before, linked_on or year_before)
