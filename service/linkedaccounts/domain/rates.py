"""Exchange rates as published, crossed exactly, never interpolated."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal, Inexact
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

LOOK_BACK = timedelta(days=10)
"""How far back within the book a day without rates may look for the newest earlier one (domain notes, "Rates")."""

CROSSES_KEPT = 4096
"""How many crossed rates a book remembers."""

_EXACT = Context(prec=1000, traps=[Inexact])
"""Multiplies without rounding; the default context would round to 28 digits."""


class RateSource(Enum):
    """Who published a rate."""

    ECB = "ecb"
    PEG = "peg"


class RateMissing(LookupError):
    """There is no rate for ``currency`` on ``day``; the book covers ``first_day`` through ``last_day``."""

    def __init__(self, currency: str, day: date, first_day: date, last_day: date) -> None:
        super().__init__(f"no rate for {currency} on {day}; the rate book covers {first_day} through {last_day}")
        self.currency = currency
        self.day = day
        self.first_day = first_day
        self.last_day = last_day


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of ``from_currency`` is worth exactly ``value`` = ``numerator / denominator`` of ``to_currency``."""

    from_currency: str
    to_currency: str
    numerator: Decimal
    denominator: Decimal
    day: date | None
    source: RateSource
    value: Fraction = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", Fraction(self.numerator) / Fraction(self.denominator))


@dataclass(frozen=True, slots=True)
class Peg:
    """``per_unit`` of the pegged currency are worth one unit of ``to_currency``, from ``since`` on."""

    to_currency: str
    per_unit: Decimal
    since: date


class RateRows(Protocol):
    """The table of a book: for a day, how many units of each currency one unit of the book's base is worth."""

    def __getitem__(self, day: date) -> Mapping[str, Decimal]: ...


class RateBook:
    """Daily reference rates against one base currency."""

    def __init__(self, base: str, days: Sequence[date], rows: RateRows) -> None:
        """``days`` in ascending order, at least one; ``rows[day]`` for each of them."""
        self.base = base
        self._days = days
        self._rows = rows
        # A book never changes, and most quotes are for few days.
        self._cross_kept = lru_cache(maxsize=CROSSES_KEPT)(self._cross)

    @property
    def days(self) -> Sequence[date]:
        """Every day with rates, in ascending order."""
        return self._days

    def per_base(self, day: date) -> Mapping[str, Decimal]:
        """How many units of each currency one unit of ``base`` is worth on ``day``, one of ``days``."""
        return self._rows[day]

    @property
    def first_day(self) -> date:
        """The first day with rates."""
        return self._days[0]

    @property
    def last_day(self) -> date:
        """The newest day with rates; what is quoted for a later day is an estimate."""
        return self._days[-1]

    def cross(self, from_currency: str, to_currency: str, on: date) -> Rate:
        """The rate of the newest day that has both, at most ``LOOK_BACK`` before ``on``; RateMissing if none has."""
        return self._cross_kept(from_currency, to_currency, on)

    def _cross(self, from_currency: str, to_currency: str, on: date) -> Rate:
        newest = min(on, self.last_day)
        missing = from_currency
        for index in range(bisect_right(self._days, newest) - 1, -1, -1):
            day = self._days[index]
            if day < newest - LOOK_BACK:
                break
            row = self._rows[day]
            numerator, denominator = self._per_base(row, to_currency), self._per_base(row, from_currency)
            if numerator is not None and denominator is not None:
                return Rate(from_currency, to_currency, numerator, denominator, day, RateSource.ECB)
            missing = to_currency if numerator is None else from_currency
        raise RateMissing(missing if missing != self.base else to_currency, on, self.first_day, self.last_day)

    def _per_base(self, row: Mapping[str, Decimal], currency: str) -> Decimal | None:
        return Decimal(1) if currency == self.base else row.get(currency)


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one quote: a book on one day, and the pegs beside it."""

    book: RateBook
    pegs: Mapping[str, Sequence[Peg]]
    on: date

    @property
    def estimated(self) -> bool:
        """Whether the day is after the book's last one, so that the last rates stand in."""
        return self.on > self.book.last_day

    def rate(self, from_currency: str, to_currency: str) -> Rate | None:
        """The rate between two currencies, None if they are one; RateMissing names what the book lacks."""
        if from_currency == to_currency:
            return None
        if peg := self._peg(from_currency):
            return self._through_peg(from_currency, to_currency, peg)
        if peg := self._peg(to_currency):
            back = self._through_peg(to_currency, from_currency, peg)
            return Rate(from_currency, to_currency, back.denominator, back.numerator, back.day, back.source)
        return self.book.cross(from_currency, to_currency, self.on)

    def convert(self, amount: Fraction, from_currency: str, to_currency: str) -> Fraction:
        """An exact amount of one currency in another."""
        rate = self.rate(from_currency, to_currency)
        return amount if rate is None else amount * rate.value

    def _peg(self, currency: str) -> Peg | None:
        in_force = [peg for peg in self.pegs.get(currency, ()) if peg.since <= self.on]
        return max(in_force, key=lambda peg: peg.since, default=None)

    def _through_peg(self, currency: str, to_currency: str, peg: Peg) -> Rate:
        onward = self.rate(peg.to_currency, to_currency)
        if onward is None:
            return Rate(currency, to_currency, Decimal(1), peg.per_unit, None, RateSource.PEG)
        denominator = _EXACT.multiply(onward.denominator, peg.per_unit)
        return Rate(currency, to_currency, onward.numerator, denominator, onward.day, RateSource.PEG)
