"""What happened, in figures: by month and currency, and sellers by how many stores they have."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from linkedaccounts.domain.ledger import AppliedRate, EntryKind, Transaction, TransactionKind
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.simulation.history import CLOSED, History
from linkedaccounts.simulation.journal import DayFound


@dataclass(slots=True)
class Figures:
    """One currency, such as of a month; sums in minor units. ``worth`` are exact sums in the reporting currency."""

    currency: Currency
    charges: int = 0
    standard_fees: int = 0
    charged: int = 0
    given_back: int = 0
    worth_charged: Fraction = Fraction()
    worth_discount: Fraction = Fraction()
    worth_given_back: Fraction = Fraction()

    @property
    def discount(self) -> int:
        """What was not charged of the standard fees."""
        return self.standard_fees - self.charged

    def money(self, minor: int) -> Money:
        """An amount in this currency."""
        return Money(minor, self.currency)

    def add(self, one: Transaction) -> None:
        """A transaction more."""
        exact = one.amount.exact * _worth(one.grounds.rate)
        if one.kind is not TransactionKind.CHARGE:
            self.given_back -= one.amount.minor
            self.worth_given_back -= exact
            return
        fee = sum(each.minor for each in one.entries if each.kind is EntryKind.STANDARD_FEE)
        self.charges += 1
        self.standard_fees += fee
        self.charged += one.amount.minor
        self.worth_charged += exact
        self.worth_discount += Money(fee, one.currency).exact * _worth(one.grounds.rate) - exact


@dataclass(slots=True)
class Tally:
    """By month (`2019-09`); a charge counts in the month of its cycle's day, what is given back when it is."""

    months: defaultdict[str, dict[str, Figures]] = field(default_factory=lambda: defaultdict(dict))
    in_all: dict[str, Figures] = field(default_factory=dict)
    set_aside: Counter[str] = field(default_factory=Counter)
    taken_up: Counter[str] = field(default_factory=Counter)
    sellers: dict[str, Counter[int]] = field(default_factory=dict)
    given_back: Counter[str] = field(default_factory=Counter)

    def add(self, new: Iterable[Transaction]) -> None:
        """What was booked."""
        for one in new:
            for figures in (self.months[f"{one.day:%Y-%m}"], self.in_all):
                figures.setdefault(one.currency.code, Figures(one.currency)).add(one)
            if one.kind is not TransactionKind.CHARGE:
                self.given_back[one.kind.value] += 1

    def add_day(self, found: DayFound) -> None:
        """What became of what could not be charged at once."""
        month = f"{found.day:%Y-%m}"
        self.set_aside[month] += found.set_aside
        self.taken_up[month] += found.taken_up

    def count_sellers(self, history: History, day: date) -> None:
        """How many sellers have so many stores in use, at the end of a day."""
        counts = Counter(sum(one.status != CLOSED for one in own) for own in history.of_seller.values())
        self.sellers[f"{day:%Y-%m}"] = counts

    @property
    def charges(self) -> int:
        """All of them."""
        return sum(figures.charges for figures in self.in_all.values())


def _worth(rate: AppliedRate | None) -> Fraction:
    return Fraction(1) if rate is None else Fraction(rate.numerator) / Fraction(rate.denominator)
