"""Every split charges the cap or all weights, whichever is less, and no store more than its weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.plan_split import ByStandardFee, Equally, OnOneStore, Split


@dataclass(frozen=True)
class Member:
    code: str
    weight: Fraction
    home: bool = False
    registered_on: date = date(2018, 1, 15)


AMOUNTS = st.fractions(min_value=0, max_value=1000, max_denominator=100_000)
WANTS = ("home", "highest_fee", "lowest_fee", "first_registered", "last_registered", "S1", "S3")
SPLITS: st.SearchStrategy[Split] = (
    st.just(ByStandardFee())
    | st.just(Equally())
    | st.builds(OnOneStore, st.lists(st.sampled_from(WANTS), unique=True).map(tuple))
)


@st.composite
def sellers(draw: st.DrawFn) -> list[Member]:
    weights = draw(st.lists(AMOUNTS | st.sampled_from([Fraction(0), Fraction(10)]), max_size=10))
    home = draw(st.integers(0, 10))
    days = st.dates(date(2018, 1, 1), date(2018, 1, 4))
    return [Member(f"S{index}", weight, index == home, draw(days)) for index, weight in enumerate(weights)]


def _members(*weights: int) -> list[Member]:
    return [Member(f"S{index}", Fraction(weight)) for index, weight in enumerate(weights)]


def _poured(weights: Sequence[Fraction], cap: Fraction) -> list[Fraction]:
    """Pours the cap into the weights, a round at a time: as much to each as the least roomy one still takes."""
    shares, left = [Fraction(0)] * len(weights), cap
    while left and (open_ones := [index for index, weight in enumerate(weights) if shares[index] < weight]):
        step = min(left / len(open_ones), *(weights[index] - shares[index] for index in open_ones))
        for index in open_ones:
            shares[index] += step
        left -= step * len(open_ones)
    return shares


@given(SPLITS, sellers(), AMOUNTS)
def test_the_shares_are_the_cap_or_all_weights_in_all(split: Split, members: list[Member], cap: Fraction) -> None:
    shares = split.shares(members, cap)
    assert sum(shares) == min(cap, sum(member.weight for member in members))


@given(SPLITS, sellers(), AMOUNTS)
def test_no_share_is_negative_or_above_its_weight(split: Split, members: list[Member], cap: Fraction) -> None:
    for member, share in zip(members, split.shares(members, cap), strict=True):
        assert 0 <= share <= member.weight


@given(SPLITS, sellers(), AMOUNTS, st.randoms(use_true_random=False))
def test_the_order_of_the_stores_never_matters(
    split: Split, members: list[Member], cap: Fraction, dice: Random
) -> None:
    shuffled = list(members)
    dice.shuffle(shuffled)
    assert _by_code(split, shuffled, cap) == _by_code(split, members, cap)


@given(sellers(), AMOUNTS)
def test_by_standard_fee_two_shares_relate_as_their_weights_do(members: list[Member], cap: Fraction) -> None:
    shares = ByStandardFee().shares(members, cap)
    for one, its_share in zip(members, shares, strict=True):
        for other, other_share in zip(members, shares, strict=True):
            assert its_share * other.weight == other_share * one.weight


@given(sellers(), AMOUNTS)
def test_the_equal_split_agrees_with_pouring_step_by_step(members: list[Member], cap: Fraction) -> None:
    assert Equally().shares(members, cap) == _poured([member.weight for member in members], cap)


def test_by_standard_fee_shares_in_proportion() -> None:
    assert ByStandardFee().shares(_members(10, 30), Fraction(20)) == [5, 15]


def test_equally_shares_the_same_where_fees_have_room() -> None:
    assert Equally().shares(_members(30, 2, 30), Fraction(20)) == [9, 2, 9]


def test_weights_below_the_cap_are_charged_as_they_are() -> None:
    for split in (ByStandardFee(), Equally(), OnOneStore(())):
        assert split.shares(_members(5, 7), Fraction(20)) == [5, 7]


@pytest.mark.parametrize(
    "on, shares",
    [
        (("highest_fee",), [0, 25, 5]),
        (("lowest_fee",), [10, 0, 20]),
        (("home",), [10, 0, 20]),
        (("S2",), [10, 0, 20]),
        (("first_registered",), [5, 25, 0]),
        (("last_registered",), [10, 0, 20]),
        ((), [10, 20, 0]),
    ],
)
def test_on_one_store_fills_the_preferred_store_first(on: tuple[str, ...], shares: list[int]) -> None:
    members = [
        Member("S0", Fraction(10), registered_on=date(2018, 1, 3)),
        Member("S1", Fraction(25), registered_on=date(2018, 1, 1)),
        Member("S2", Fraction(20), home=True, registered_on=date(2018, 1, 4)),
    ]
    assert OnOneStore(on).shares(members, Fraction(30)) == shares


def test_no_stores_share_nothing() -> None:
    for split in (ByStandardFee(), Equally(), OnOneStore(("home",))):
        assert split.shares([], Fraction(20)) == []


def _by_code(split: Split, members: Sequence[Member], cap: Fraction) -> dict[str, Fraction]:
    return {member.code: share for member, share in zip(members, split.shares(members, cap), strict=True)}
