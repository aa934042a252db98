from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.rates import Rate, RateSource
from linkedaccounts.endpoints.money import money, nanos, rate_text


@pytest.mark.parametrize(
    ("minor", "currency", "units", "nano"),
    [
        (3999, Currency("USD", 2), 39, 990_000_000),
        (4900, Currency("JPY", 0), 4900, 0),
        (1234, Currency("KWD", 3), 1, 234_000_000),
        (5, Currency("KWD", 3), 0, 5_000_000),
        (0, Currency("INR", 2), 0, 0),
        (-1, Currency("USD", 2), 0, -10_000_000),
        (-3999, Currency("USD", 2), -39, -990_000_000),
    ],
)
def test_money_is_shown_exactly_in_units_and_nanos_of_one_sign(
    minor: int, currency: Currency, units: int, nano: int
) -> None:
    shown = money(Money(minor, currency))

    assert (shown.currency_code, shown.units, shown.nanos) == (currency.code, units, nano)


@given(st.integers(-(10**15), 10**15), st.integers(0, 4))
def test_money_loses_nothing_on_its_way_out(minor: int, digits: int) -> None:
    shown = money(Money(minor, Currency("XXX", digits)))

    assert Fraction(shown.units * 10**9 + shown.nanos, 10**9) == Money(minor, Currency("XXX", digits)).exact
    assert shown.units * shown.nanos >= 0


@pytest.mark.parametrize(("amount", "rounded"), [("0.5", 0), ("1.5", 2), ("2.5", 2), ("2.51", 3), ("-0.5", 0)])
def test_sums_are_rounded_half_to_even_at_the_ninth_decimal(amount: str, rounded: int) -> None:
    assert nanos(Fraction(amount) / 10**9) == rounded


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        ("1.0889", "117.59", "0.00926014116847"),
        ("1", "3.6725", "0.272294077604"),
        ("2", "1", "2"),
        ("1.000000000005", "1", "1.00000000000"),
        ("1.000000000015", "1", "1.00000000002"),
        ("1.00000000000500000001", "1", "1.00000000001"),
        ("1", "15000000", "0.0000000666666666667"),
    ],
)
def test_a_rate_is_a_plain_decimal_of_at_most_twelve_significant_digits(
    numerator: str, denominator: str, text: str
) -> None:
    rate = Rate("JPY", "USD", Decimal(numerator), Decimal(denominator), date(2019, 9, 30), RateSource.ECB)

    assert rate_text(rate) == text
