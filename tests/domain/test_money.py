"""Money is a whole number of minor units, and stays exact."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.money import Currency, Money

USD, JPY, KWD = Currency("USD", 2), Currency("JPY", 0), Currency("KWD", 3)
CURRENCIES = st.sampled_from([USD, JPY, KWD])
MINOR = st.integers(-(10**40), 10**40)
FRACTIONS = st.fractions(min_value=-(10**9), max_value=10**9)


@pytest.mark.parametrize(
    "amount, currency, minor",
    [("39.99", USD, 3999), ("39.9", USD, 3990), ("4900", JPY, 4900), ("1.234", KWD, 1234), ("1E+3", USD, 100_000)],
)
def test_an_amount_is_a_number_of_minor_units(amount: str, currency: Currency, minor: int) -> None:
    assert Money.of(Decimal(amount), currency) == Money(minor, currency)


@pytest.mark.parametrize("amount, currency", [("39.999", USD), ("4900.5", JPY), ("1.2345", KWD)])
def test_an_amount_with_more_decimals_than_its_currency_is_no_money(amount: str, currency: Currency) -> None:
    with pytest.raises(ValueError, match=f"{amount} has more than the {currency.minor_digits} decimals"):
        Money.of(Decimal(amount), currency)


@pytest.mark.parametrize(
    "money, text",
    [
        (Money(3999, USD), "39.99 USD"),
        (Money(0, USD), "0.00 USD"),
        (Money(4900, JPY), "4900 JPY"),
        (Money(1, KWD), "0.001 KWD"),
    ],
)
def test_money_shows_the_decimals_of_its_currency(money: Money, text: str) -> None:
    assert str(money) == text


@given(MINOR, CURRENCIES)
def test_no_amount_is_too_large_to_be_exact(minor: int, currency: Currency) -> None:
    money = Money(minor, currency)
    assert Money.of(money.amount, currency) == money
    assert Fraction(money.amount) == money.exact


def test_a_tiny_excess_is_seen_beside_a_large_amount() -> None:
    with pytest.raises(ValueError, match="decimals"):
        Money.of(Decimal("123456789012345678901234567890.001"), USD)


@given(FRACTIONS, CURRENCIES)
def test_rounding_down_takes_less_than_one_minor_unit(amount: Fraction, currency: Currency) -> None:
    lost = amount - Money.rounded_down(amount, currency).exact
    assert 0 <= lost < Fraction(1, 10**currency.minor_digits)


@given(MINOR, MINOR, CURRENCIES)
def test_sums_and_differences_are_those_of_the_exact_amounts(one: int, other: int, currency: Currency) -> None:
    first, second = Money(one, currency), Money(other, currency)
    assert (first + second).exact == first.exact + second.exact
    assert first + second - second == first
    assert first + second == second + first


def test_money_of_two_currencies_does_not_add_up() -> None:
    with pytest.raises(ValueError, match=r"0\.01 USD and 1 JPY are not of one currency"):
        Money(1, USD) + Money(1, JPY)
    with pytest.raises(ValueError, match="not of one currency"):
        Money(1, USD) - Money(1, KWD)
