"""The contract's amounts as decimals."""

from __future__ import annotations

from decimal import Decimal

from google.type.money_pb2 import Money

NANOS_DIGITS = 9


def to_decimal(money: Money) -> Decimal:
    """The amount in major units (dollars, yen), exact; the currency stands in ``money.currency_code``."""
    return Decimal(money.units) + Decimal(money.nanos).scaleb(-NANOS_DIGITS).normalize()
