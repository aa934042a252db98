"""A value that holds from a day on holds until the next one's day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.dated import Dated, DatedEntry

DAY = timedelta(days=1)
DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))
OPEN_ENDED = Dated(
    (
        DatedEntry(date(2019, 10, 1), date(2019, 12, 31), "first"),
        DatedEntry(date(2020, 1, 1), None, "second"),
    )
)


@pytest.mark.parametrize(
    "day, value",
    [
        (date(2019, 10, 1), "first"),
        (date(2019, 12, 31), "first"),
        (date(2020, 1, 1), "second"),
        (date(2999, 1, 1), "second"),
    ],
)
def test_a_value_holds_from_its_day_through_the_day_before_the_next(day: date, value: str) -> None:
    entry = OPEN_ENDED.on(day)
    assert entry is not None
    assert entry.value == value


def test_nothing_holds_before_the_first_day() -> None:
    assert OPEN_ENDED.begins == date(2019, 10, 1)
    assert OPEN_ENDED.on(date(2019, 9, 30)) is None


def test_nothing_holds_after_the_last_day() -> None:
    ended = Dated((DatedEntry(date(2019, 10, 1), date(2019, 12, 31), "only"),))
    assert ended.on(date(2019, 12, 31)) is not None
    assert ended.on(date(2020, 1, 1)) is None


@given(st.lists(DAYS, min_size=1, max_size=8, unique=True), st.booleans(), DAYS)
def test_looking_up_a_day_agrees_with_reading_every_entry(starts: list[date], ends: bool, day: date) -> None:
    starts.sort()
    lasts = [*(start - DAY for start in starts[1:]), date(2031, 1, 1) if ends else None]
    table = Dated(tuple(DatedEntry(*entry) for entry in zip(starts, lasts, range(len(starts)), strict=True)))
    read = [entry for entry in table.entries if entry.since <= day <= (entry.through or date.max)]
    assert [found for found in [table.on(day)] if found] == read
