"""The contract's amounts as decimals."""

from __future__ import annotations

from decimal import Decimal

from google.type.money_pb2 import Money

NANOS_DIGITS = 9
_NANOS = 10**NANOS_DIGITS


def to_decimal(money: Money) -> Decimal:
    """The amount in major units (dollars, yen), exact; the currency stands in ``money.currency_code``."""
    return Decimal(money.units) + Decimal(money.nanos).scaleb(-NANOS_DIGITS).normalize()


def to_money(amount: Decimal, currency_code: str) -> Money:
    """An exact decimal amount as the contract has it; ValueError if it has more than nine decimals, or is no number."""
    if not amount.is_finite():
        raise ValueError(f"{amount} is no amount")
    numerator, denominator = amount.as_integer_ratio()
    nanos, rest = divmod(abs(numerator) * _NANOS, denominator)
    if rest:
        raise ValueError(f"{amount} has more than nine decimals")
    sign = -1 if numerator < 0 else 1
    return Money(currency_code=currency_code, units=sign * (nanos // _NANOS), nanos=sign * (nanos % _NANOS))
