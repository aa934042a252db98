from __future__ import annotations

import pytest
from google.type.money_pb2 import Money

from linkedaccounts.cli.amounts import decimals_by_currency, shown, shown_rate, shown_total


def money(units: int, nanos: int = 0, currency: str = "USD") -> Money:
    return Money(currency_code=currency, units=units, nanos=nanos)


@pytest.mark.parametrize(
    "amounts,decimals",
    [
        ([money(39)], 0),
        ([money(39), money(7, 500_000_000)], 2),
        ([money(39, 990_000_000)], 2),
        ([money(39, 995_000_000)], 3),
    ],
)
def test_a_currency_is_shown_with_the_decimals_that_its_amounts_need(amounts: list[Money], decimals: int) -> None:
    assert decimals_by_currency([*amounts, money(1, 0, "JPY")]) == {"USD": decimals, "JPY": 0}


def test_thousands_are_set_apart() -> None:
    assert shown(money(1_234_567, 500_000_000), 2) == "1,234,567.50"


@pytest.mark.parametrize("nanos,text", [(969_250_000, "39.9692"), (969_350_000, "39.9694"), (0, "39.0000")])
def test_a_total_is_rounded_half_to_even_to_four_decimals(nanos: int, text: str) -> None:
    assert shown_total(money(39, nanos)) == text


@pytest.mark.parametrize(
    "rate,text",
    [
        ("1.0889", "1.0889"),
        ("0.0092601411684", "0.00926014"),
        ("0.0000000123456789", "0.0000000123457"),
        ("14000", "14000"),
    ],
)
def test_a_rate_is_shown_with_six_significant_digits(rate: str, text: str) -> None:
    assert shown_rate(rate) == text
