"""Exact sums of money in many currencies, at the rates of many days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from linkedaccounts.domain.money import Currency
from linkedaccounts.domain.rates import Rates


class Worth(NamedTuple):
    """A currency's minor unit is worth exactly ``numerator / denominator`` of the reporting currency's major unit."""

    currency: str
    numerator: int
    denominator: int


def worth_of(currency: Currency, reporting: Currency, rates: Rates) -> Worth:
    """What a currency's minor unit is worth; RateMissing."""
    rate = rates.rate(currency.code, reporting.code)
    value = (Fraction(1) if rate is None else rate.value) / 10**currency.minor_digits
    return Worth(currency.code, value.numerator, value.denominator)


class Sum(NamedTuple):
    """An exact sum: the denominator is above zero; the fraction is not reduced, which would take long."""

    numerator: int
    denominator: int

    def above(self, limit: Fraction) -> bool:
        """Whether it is more than a limit."""
        return self.numerator * limit.denominator > limit.numerator * self.denominator

    def rounded(self, digits: int) -> Decimal:
        """For people: rounded half to even, to so many decimals."""
        scaled, rest = divmod(abs(self.numerator) * 10**digits, self.denominator)
        up = 2 * rest > self.denominator or (2 * rest == self.denominator and scaled % 2 == 1)
        size = Decimal(f"{scaled + up}E-{digits}")
        return -size if self.numerator < 0 and size else size


def total(amounts: Iterable[tuple[Worth, int]]) -> Sum:
    """The sum of minor units, each at its worth.

    Rates of thousands of days have no small common denominator: fractions are added in pairs, so that the numbers that
    are multiplied stay of about one length.
    """
    by_denominator: Counter[int] = Counter()
    for worth, minor in amounts:
        by_denominator[worth.denominator] += worth.numerator * minor
    sums = [(numerator, denominator) for denominator, numerator in sorted(by_denominator.items())] or [(0, 1)]
    while len(sums) > 1:
        pairs = zip(sums[::2], sums[1::2], strict=False)
        odd = sums[-1:] if len(sums) % 2 else []
        sums = [(a * d + c * b, b * d) for (a, b), (c, d) in pairs] + odd
    return Sum(*sums[0])
