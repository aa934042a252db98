"""Sums and shares in whole numbers come to what fractions say."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.exact_sum import exact_sum
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.pricing import _portion

fractions = st.fractions(max_denominator=10**12)
positive = st.fractions(min_value=Fraction(1, 10**9), max_denominator=10**12)
monies = st.builds(Money, st.integers(0, 10**12), st.builds(Currency, st.just("XXX"), st.integers(0, 4)))


@given(st.lists(fractions))
def test_a_sum_is_that_of_fractions(terms: list[Fraction]) -> None:
    assert exact_sum(term.as_integer_ratio() for term in terms) == sum(terms, Fraction(0))


@given(monies, positive)
def test_an_amount_at_a_rate_is_its_fraction_times_the_rate(money: Money, rate: Fraction) -> None:
    assert Fraction(*money.ratio_at(rate)) == money.exact * rate


@given(monies, positive, positive)
def test_a_portion_is_the_fee_times_the_share_of_the_weight_rounded_down(
    fee: Money, share: Fraction, weight: Fraction
) -> None:
    part = share / weight
    assert _portion(fee, share, weight) == Money(fee.minor * part.numerator // part.denominator, fee.currency)
