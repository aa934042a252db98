"""Charges are whole minor units, from zero to the standard fee; a plan's total never exceeds its cap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.catalogue import PlanTerms
from linkedaccounts.domain.effects import (
    ChargedAmount,
    ChargedInFull,
    ChargedNothing,
    Charging,
    PlanShare,
    ReducedByAmount,
    ReducedByPercentage,
)
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.plan_split import ByStandardFee, Equally, OnOneStore, Split
from linkedaccounts.domain.pricing import StoreToPrice, apply, price
from linkedaccounts.domain.rates import Peg, RateBook, RateMissing, Rates

DAY = date(2019, 9, 30)
EUR, USD, JPY, KWD, AED = (
    Currency("EUR", 2),
    Currency("USD", 2),
    Currency("JPY", 0),
    Currency("KWD", 3),
    Currency("AED", 2),
)
CURRENCIES = st.sampled_from([EUR, USD, JPY, KWD, AED])
PEGS = {"AED": [Peg("USD", Decimal("3.6725"), date(1997, 11, 1))]}
FIGURES = st.decimals("0.0001", 30000, places=4)
BOOKS = st.fixed_dictionaries({"USD": FIGURES, "JPY": FIGURES, "KWD": FIGURES})
MONEY = st.builds(Money, st.integers(0, 10**7), CURRENCIES)
SPLITS: st.SearchStrategy[Split] = st.sampled_from([ByStandardFee(), Equally(), OnOneStore(("home", "highest_fee"))])
PERCENTAGES = st.decimals("0.01", 100, places=2)
REDUCTIONS: st.SearchStrategy[Charging] = (
    st.builds(ReducedByPercentage, PERCENTAGES)
    | st.builds(ReducedByAmount, MONEY)
    | st.builds(ChargedAmount, MONEY)
    | st.just(ChargedNothing())
)


def _rates(figures: dict[str, Decimal]) -> Rates:
    return Rates(RateBook("EUR", [DAY], {DAY: figures}), PEGS, DAY)


RATES = BOOKS.map(_rates)
REAL = _rates({"USD": Decimal("1.0889"), "JPY": Decimal("117.59"), "KWD": Decimal("0.3310")})


def _store(code: str, fee: Money, charging: Charging, *reductions: Charging, home: bool = False) -> StoreToPrice:
    return StoreToPrice(code, home, date(2018, 1, 15), fee, fee.exact, charging, reductions)


def _price(
    stores: Sequence[StoreToPrice], plans: dict[str, PlanTerms], rates: Rates, reporting: Currency = USD
) -> list[tuple[Money, ...]]:
    def weight(fee: Money) -> Fraction:
        return rates.convert(fee.exact, fee.currency.code, reporting.code)

    return price([replace(store, weight=weight(store.standard_fee)) for store in stores], plans, rates, reporting.code)


@st.composite
def members(draw: st.DrawFn) -> list[StoreToPrice]:
    fees = draw(st.lists(MONEY, min_size=1, max_size=8))
    home = draw(st.integers(0, 8))
    return [_store(f"S{index}", fee, PlanShare("plan"), home=index == home) for index, fee in enumerate(fees)]


def _in(currency: Currency, charges: Sequence[Money], rates: Rates) -> Fraction:
    return sum((rates.convert(one.exact, one.currency.code, currency.code) for one in charges), Fraction(0))


@given(members(), MONEY, SPLITS, RATES, CURRENCIES)
def test_the_total_of_a_plan_converted_exactly_never_exceeds_the_cap(
    stores: list[StoreToPrice], cap: Money, split: Split, rates: Rates, reporting: Currency
) -> None:
    charges = [steps[-1] for steps in _price(stores, {"plan": PlanTerms(cap, split)}, rates, reporting)]
    assert _in(cap.currency, charges, rates) <= cap.exact


@given(members(), MONEY, SPLITS, RATES)
def test_what_rounding_leaves_of_the_total_is_less_than_a_minor_unit_a_store(
    stores: list[StoreToPrice], cap: Money, split: Split, rates: Rates
) -> None:
    charges = [steps[-1] for steps in _price(stores, {"plan": PlanTerms(cap, split)}, rates)]
    due = min(cap.exact, _in(cap.currency, [store.standard_fee for store in stores], rates))
    grain = _in(cap.currency, [Money(1, store.standard_fee.currency) for store in stores], rates)
    assert due - _in(cap.currency, charges, rates) < grain


@given(members(), MONEY, SPLITS, RATES)
def test_a_plan_never_charges_a_store_more_than_its_standard_fee(
    stores: list[StoreToPrice], cap: Money, split: Split, rates: Rates
) -> None:
    for store, steps in zip(stores, _price(stores, {"plan": PlanTerms(cap, split)}, rates), strict=True):
        assert 0 <= steps[-1].minor <= store.standard_fee.minor
        assert steps[-1].currency == store.standard_fee.currency


@given(members(), SPLITS, RATES)
def test_fees_within_the_cap_are_charged_in_full(stores: list[StoreToPrice], split: Split, rates: Rates) -> None:
    total = _in(KWD, [store.standard_fee for store in stores], rates)
    cap = Money(-(-total.numerator * 1000 // total.denominator), KWD)
    charges = [steps[-1] for steps in _price(stores, {"plan": PlanTerms(cap, split)}, rates)]
    assert charges == [store.standard_fee for store in stores]


@given(members(), MONEY, SPLITS, RATES, st.randoms(use_true_random=False))
def test_the_order_of_the_stores_never_matters(
    stores: list[StoreToPrice], cap: Money, split: Split, rates: Rates, dice: Random
) -> None:
    plans = {"plan": PlanTerms(cap, split)}
    shuffled = list(stores)
    dice.shuffle(shuffled)
    assert _by_code(shuffled, plans, rates) == _by_code(stores, plans, rates)


@given(members(), MONEY, SPLITS, RATES, st.lists(REDUCTIONS, max_size=3))
def test_stores_beside_a_plan_do_not_change_its_shares(
    stores: list[StoreToPrice], cap: Money, split: Split, rates: Rates, reductions: list[Charging]
) -> None:
    plans = {"plan": PlanTerms(cap, split)}
    beside = _store("X", Money(3999, USD), ChargedInFull(), *reductions)
    charges = _by_code([beside, *stores], plans, rates)
    assert charges.pop("X")[0] == Money(3999, USD)
    assert charges == _by_code(stores, plans, rates)


@given(MONEY, st.lists(REDUCTIONS, max_size=5), RATES)
def test_each_reduction_leaves_from_zero_to_what_was_charged_before(
    fee: Money, reductions: list[Charging], rates: Rates
) -> None:
    [steps] = _price([_store("S", fee, ChargedInFull(), *reductions)], {}, rates)
    assert len(steps) == 1 + len(reductions)
    assert steps[0] == fee
    for before, after in pairwise(steps):
        assert 0 <= after.minor <= before.minor
        assert after.currency == fee.currency


@given(MONEY, PERCENTAGES)
def test_a_percentage_is_rounded_down(fee: Money, percentage: Decimal) -> None:
    exact = fee.exact - fee.exact * Fraction(percentage) / 100
    assert _grain_below(exact, apply(ReducedByPercentage(percentage), fee, REAL))


@given(MONEY, MONEY, RATES)
def test_an_amount_in_another_currency_is_taken_off_exactly_and_then_rounded_down(
    fee: Money, off: Money, rates: Rates
) -> None:
    exact = fee.exact - rates.convert(off.exact, off.currency.code, fee.currency.code)
    assert _grain_below(max(exact, Fraction(0)), apply(ReducedByAmount(off), fee, rates))


@given(MONEY, MONEY, RATES)
def test_a_fixed_amount_is_rounded_down_and_at_most_the_fee(fee: Money, fixed: Money, rates: Rates) -> None:
    exact = rates.convert(fixed.exact, fixed.currency.code, fee.currency.code)
    assert _grain_below(min(exact, fee.exact), apply(ChargedAmount(fixed), fee, rates))


@pytest.mark.parametrize(
    "effect, fee, charge",
    [
        (ChargedInFull(), Money(3999, USD), Money(3999, USD)),
        (ChargedNothing(), Money(3999, USD), Money(0, USD)),
        (ReducedByPercentage(Decimal(50)), Money(3999, USD), Money(1999, USD)),
        (ReducedByPercentage(Decimal("33.3")), Money(4900, JPY), Money(3268, JPY)),
        (ReducedByPercentage(Decimal(50)), Money(1001, KWD), Money(500, KWD)),
        (ReducedByPercentage(Decimal(100)), Money(3999, USD), Money(0, USD)),
        (ReducedByAmount(Money(1000, USD)), Money(3999, USD), Money(2999, USD)),
        (ReducedByAmount(Money(1000, USD)), Money(3900, EUR), Money(2981, EUR)),
        (ReducedByAmount(Money(5000, USD)), Money(3900, EUR), Money(0, EUR)),
        (ChargedAmount(Money(100, USD)), Money(4900, JPY), Money(107, JPY)),
        (ChargedAmount(Money(10000, USD)), Money(4900, JPY), Money(4900, JPY)),
        (ChargedAmount(Money(100, USD)), Money(5000, AED), Money(367, AED)),
    ],
)
def test_effects_by_example(effect: Charging, fee: Money, charge: Money) -> None:
    assert apply(effect, fee, REAL) == charge


def test_the_cap_is_split_over_three_currencies() -> None:
    stores = [
        _store(code, fee, PlanShare("plan"))
        for code, fee in [("US", Money(3999, USD)), ("EU", Money(3900, EUR)), ("JP", Money(4900, JPY))]
    ]
    charges = _by_code(stores, {"plan": PlanTerms(Money(3999, USD), ByStandardFee())}, REAL)
    assert {code: str(steps[-1]) for code, steps in charges.items()} == {
        "US": "12.51 USD",
        "EU": "12.20 EUR",
        "JP": "1532 JPY",
    }


def test_each_plan_has_its_own_cap() -> None:
    one, other = _store("A", Money(3000, USD), PlanShare("one")), _store("B", Money(3000, USD), PlanShare("other"))
    plans = {"one": PlanTerms(Money(1000, USD), Equally()), "other": PlanTerms(Money(2000, USD), Equally())}
    assert _price([one, other], plans, REAL) == [(Money(1000, USD),), (Money(2000, USD),)]


def test_a_share_is_reduced_after_the_split() -> None:
    stores = [
        _store("A", Money(3000, USD), PlanShare("plan"), ReducedByPercentage(Decimal(50))),
        _store("B", Money(3000, USD), PlanShare("plan")),
    ]
    plans = {"plan": PlanTerms(Money(2000, USD), Equally())}
    assert _price(stores, plans, REAL) == [(Money(1000, USD), Money(500, USD)), (Money(1000, USD),)]


def test_a_store_without_a_fee_pays_nothing_in_a_plan() -> None:
    stores = [_store("A", Money(0, AED), PlanShare("plan")), _store("B", Money(3000, USD), PlanShare("plan"))]
    plans = {"plan": PlanTerms(Money(2000, USD), ByStandardFee())}
    assert _price(stores, plans, REAL) == [(Money(0, AED),), (Money(2000, USD),)]


def test_a_rate_that_there_is_none_for_is_named() -> None:
    franc = _store("CH", Money(3000, Currency("CHF", 2)), PlanShare("plan"))
    with pytest.raises(RateMissing, match="no rate for CHF on 2019-09-30"):
        _price([franc], {"plan": PlanTerms(Money(2000, USD), Equally())}, REAL)


def test_a_share_is_nothing_that_a_store_has_alone() -> None:
    with pytest.raises(ValueError, match="a share of plan plan is not for one store alone"):
        apply(PlanShare("plan"), Money(1, USD), REAL)


def test_where_a_store_is_at_home_is_part_of_its_preference() -> None:
    stores = [_store("A", Money(3000, USD), PlanShare("plan")), _store("B", Money(2000, USD), PlanShare("plan"))]
    plans = {"plan": PlanTerms(Money(2500, USD), OnOneStore(("home",)))}
    assert _price([stores[0], replace(stores[1], home=True)], plans, REAL) == [(Money(500, USD),), (Money(2000, USD),)]
    assert _price([replace(stores[0], home=True), stores[1]], plans, REAL) == [(Money(2500, USD),), (Money(0, USD),)]


def _grain_below(exact: Fraction, charge: Money) -> bool:
    return 0 <= exact - charge.exact < Fraction(1, 10**charge.currency.minor_digits)


def _by_code(stores: Sequence[StoreToPrice], plans: dict[str, PlanTerms], rates: Rates) -> dict[str, tuple[Money, ...]]:
    return {store.code: steps for store, steps in zip(stores, _price(stores, plans, rates), strict=True)}
