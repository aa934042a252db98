"""Amounts and rates as the contract states them, exactly or rounded half to even."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context
from fractions import Fraction
from functools import lru_cache

from google.type import money_pb2

from linkedaccounts.domain.money import Money
from linkedaccounts.domain.rates import Rate

NANO_DIGITS = 9
NANOS = 10**NANO_DIGITS
REMEMBERED = 4096
"""How many amounts are kept ready: fees repeat from quote to quote."""
_TWELVE_DIGITS = Context(prec=12, rounding=ROUND_HALF_EVEN)


def money(amount: Money) -> money_pb2.Money:
    """The amount, exactly."""
    currency = amount.currency
    return money_of_nanos(amount.minor * 10 ** (NANO_DIGITS - currency.minor_digits), currency.code)


@lru_cache(maxsize=REMEMBERED)
def money_of_nanos(nanos: int, currency: str) -> money_pb2.Money:
    """The amount of so many billionths of a major unit; `units` and `nanos` have the same sign, as the type demands.

    The same message may be given out again: put it into another, do not change it.
    """
    units, rest = divmod(abs(nanos), NANOS)
    if nanos < 0:
        units, rest = -units, -rest
    return money_pb2.Money(currency_code=currency, units=units, nanos=rest)


def nanos(amount: Fraction) -> int:
    """An exact amount in billionths, rounded half to even."""
    nearest: int = round(amount * NANOS)
    return nearest


def rate_text(rate: Rate) -> str:
    """The rate as a decimal of at most 12 significant digits, rounded half to even."""
    return format(_TWELVE_DIGITS.divide(rate.numerator, rate.denominator), "f")
