"""Exact money: a whole number of a currency's minor unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its ISO 4217 code, and how many decimal digits its minor unit has (USD 2, JPY 0, KWD 3)."""

    code: str
    minor_digits: int

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that can be charged: ``minor`` minor units (cents, yen, fils) of ``currency``."""

    minor: int
    currency: Currency

    @classmethod
    def of(cls, amount: Decimal, currency: Currency) -> Money:
        """The money of a decimal ``amount`` in major units; ValueError if it has more digits than the currency."""
        minor = Fraction(amount) * 10**currency.minor_digits  # no Decimal arithmetic, which rounds to 28 digits
        if minor.denominator != 1:
            raise ValueError(f"{amount} has more than the {currency.minor_digits} decimals of {currency}")
        return cls(minor.numerator, currency)

    @classmethod
    def rounded_down(cls, amount: Fraction, currency: Currency) -> Money:
        """The most money that is not above an exact ``amount`` of major units."""
        return cls(amount.numerator * 10**currency.minor_digits // amount.denominator, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's number of decimals."""
        return Decimal(f"{self.minor}E-{self.currency.minor_digits}")

    def ratio_at(self, rate: Fraction) -> tuple[int, int]:
        """Numerator and denominator, above zero, of the amount in major units times ``rate``; not in lowest terms."""
        return self.minor * rate.numerator, rate.denominator * 10**self.currency.minor_digits

    @property
    def exact(self) -> Fraction:
        """The amount in major units, as a fraction to go on computing with."""
        return Fraction(self.minor, 10**self.currency.minor_digits)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self} and {other} are not of one currency")
        return other.minor

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
