"""Which effects charge at most what others do, held against the arithmetic of the domain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.effects import (
    ChargedAmount,
    ChargedInFull,
    ChargedNothing,
    Charging,
    ReducedByAmount,
    ReducedByPercentage,
)
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.pricing import apply
from linkedaccounts.domain.rates import RateBook, Rates
from linkedaccounts.workbench.at_most import charges_at_most, never_raises

DAY = date(2019, 9, 30)
MONEY = st.builds(Money, st.integers(0, 10**5), st.sampled_from([Currency("EUR", 2), Currency("JPY", 0)]))
EFFECTS: st.SearchStrategy[Charging] = st.one_of(
    st.just(ChargedInFull()),
    st.just(ChargedNothing()),
    st.builds(ChargedAmount, MONEY),
    st.builds(ReducedByAmount, MONEY),
    st.builds(ReducedByPercentage, st.integers(1, 100).map(Decimal)),
)


@given(EFFECTS, EFFECTS, MONEY, st.decimals("0.5", "200", places=2))
def test_an_effect_that_is_known_to_charge_at_most_what_another_does_so(
    one: Charging, other: Charging, fee: Money, rate: Decimal
) -> None:
    rows: Mapping[date, Mapping[str, Decimal]] = {DAY: {"JPY": rate}}
    rates = Rates(RateBook("EUR", [DAY], rows), {}, DAY)

    assert never_raises(one)
    assert apply(one, fee, rates).minor <= fee.minor
    if charges_at_most(one, other):
        assert apply(one, fee, rates).minor <= apply(other, fee, rates).minor
