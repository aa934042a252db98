from __future__ import annotations

from decimal import Decimal

import pytest
from google.type.money_pb2 import Money

from linkedaccounts.client import to_decimal


@pytest.mark.parametrize(
    "units,nanos,amount",
    [
        (39, 990_000_000, "39.99"),
        (4900, 0, "4900"),
        (0, 0, "0"),
        (39, 969_298_123, "39.969298123"),
        (-1, -500_000_000, "-1.5"),
        (2**63 - 1, 999_999_999, "9223372036854775807.999999999"),
    ],
)
def test_an_amount_becomes_the_exact_decimal_without_idle_digits(units: int, nanos: int, amount: str) -> None:
    decimal = to_decimal(Money(currency_code="USD", units=units, nanos=nanos))
    assert decimal == Decimal(amount)
    assert str(decimal) == amount
