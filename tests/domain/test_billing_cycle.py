"""Billing cycles are months of the anchor's day of the month, and tile time."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.billing_cycle import BillingCycle, cycle_containing, months_after

DAY = timedelta(days=1)
ANY_DAY = st.dates(date(1999, 1, 1), date(2100, 12, 31))
LATE_DAY = st.builds(
    lambda day, late: day.replace(day=min(late, monthrange(day.year, day.month)[1])), ANY_DAY, st.integers(29, 31)
)
ANCHORS = ANY_DAY | LATE_DAY
LATER = st.integers(0, 3000).map(lambda days: timedelta(days=days))


@pytest.mark.parametrize(
    "anchor, starts",
    [
        (date(2019, 1, 31), ["2019-01-31", "2019-02-28", "2019-03-31", "2019-04-30", "2019-05-31"]),
        (date(2020, 1, 31), ["2020-01-31", "2020-02-29", "2020-03-31"]),
        (date(2019, 1, 30), ["2019-01-30", "2019-02-28", "2019-03-30"]),
        (date(2020, 1, 29), ["2020-01-29", "2020-02-29", "2020-03-29"]),
        (date(2019, 12, 15), ["2019-12-15", "2020-01-15"]),
    ],
)
def test_month_ends_do_not_drift(anchor: date, starts: list[str]) -> None:
    assert [str(months_after(anchor, months)) for months in range(len(starts))] == starts


def test_a_leap_day_comes_back_as_the_last_of_february() -> None:
    assert [str(months_after(date(2020, 2, 29), 12 * years)) for years in range(5)] == [
        "2020-02-29",
        "2021-02-28",
        "2022-02-28",
        "2023-02-28",
        "2024-02-29",
    ]


@pytest.mark.parametrize(
    "day, cycle",
    [
        (date(2019, 1, 31), BillingCycle(0, date(2019, 1, 31), date(2019, 2, 27))),
        (date(2019, 2, 27), BillingCycle(0, date(2019, 1, 31), date(2019, 2, 27))),
        (date(2019, 2, 28), BillingCycle(1, date(2019, 2, 28), date(2019, 3, 30))),
        (date(2019, 3, 30), BillingCycle(1, date(2019, 2, 28), date(2019, 3, 30))),
        (date(2019, 3, 31), BillingCycle(2, date(2019, 3, 31), date(2019, 4, 29))),
    ],
)
def test_the_cycles_of_an_anchor_on_the_31st(day: date, cycle: BillingCycle) -> None:
    assert cycle_containing(date(2019, 1, 31), day) == cycle


@given(ANCHORS, LATER)
def test_a_day_from_the_anchor_on_is_in_its_cycle(anchor: date, later: timedelta) -> None:
    assert anchor + later in cycle_containing(anchor, anchor + later)


@given(ANCHORS, LATER)
def test_the_day_after_a_cycle_begins_the_next_and_the_day_before_ends_the_one_before(
    anchor: date, later: timedelta
) -> None:
    cycle = cycle_containing(anchor, anchor + later)
    following = cycle_containing(anchor, cycle.last_day + DAY)
    assert following.starts_on == cycle.last_day + DAY
    assert following.index == cycle.index + 1
    if cycle.index:
        before = cycle_containing(anchor, cycle.starts_on - DAY)
        assert (before.index, before.last_day) == (cycle.index - 1, cycle.starts_on - DAY)
    else:
        assert cycle.starts_on == anchor


@given(ANCHORS, st.integers(0, 60))
def test_every_day_is_in_exactly_one_cycle(anchor: date, months: int) -> None:
    ahead = [cycle_containing(anchor, months_after(anchor, months + month)) for month in range(4)]
    day, end = ahead[0].starts_on, ahead[-1].last_day
    while day <= end:
        assert [cycle for cycle in ahead if day in cycle] == [cycle_containing(anchor, day)]
        day += DAY


@given(ANCHORS, st.integers(0, 600))
def test_a_cycle_begins_on_the_anchors_day_or_on_the_last_of_a_shorter_month(anchor: date, months: int) -> None:
    start = months_after(anchor, months)
    last = monthrange(start.year, start.month)[1]
    assert start.day == anchor.day or (start.day == last and last < anchor.day)
    assert (start.year - anchor.year) * 12 + start.month - anchor.month == months


@given(ANCHORS)
def test_there_is_no_cycle_before_the_anchor(anchor: date) -> None:
    with pytest.raises(ValueError, match=f"before the first billing cycle, which begins on {anchor}"):
        cycle_containing(anchor, anchor - DAY)
