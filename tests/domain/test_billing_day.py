"""From which moment on the cycles that begin on a day are charged, wherever the store is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from linkedaccounts.domain.billing_day import anchor_days, due_at


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("why", "zone", "day", "due"),
    [
        ("west of Greenwich the day begins later", "America/Los_Angeles", "2019-07-01", "2019-07-01T07:00"),
        ("in winter an hour later still", "America/Los_Angeles", "2019-12-01", "2019-12-01T08:00"),
        ("east of it the day waits for what is dated by UTC", "Asia/Tokyo", "2019-07-01", "2019-07-01T00:01"),
        ("the first to have a day wait the longest", "Pacific/Kiritimati", "2019-07-01", "2019-07-01T00:01"),
        ("the last to have it are half a day behind", "Pacific/Pago_Pago", "2019-07-01", "2019-07-01T11:00"),
        ("clocks that skip midnight begin the day at one", "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00"),
        ("clocks that have midnight twice begin it at the first", "America/Havana", "2019-11-03", "2019-11-03T04:00"),
        ("a day that a country skipped is charged all the same", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),
    ],
)
def test_a_cycle_is_due_once_its_day_has_begun_by_the_store_and_by_utc(why: str, zone: str, day: str, due: str) -> None:
    assert due_at(date.fromisoformat(day), ZoneInfo(zone)) == moment(due), why


@pytest.mark.parametrize(
    ("day", "anchors"),
    [
        ("2019-01-30", [30]),
        ("2019-01-31", [31]),
        ("2019-02-28", [28, 29, 30, 31]),
        ("2020-02-28", [28]),
        ("2020-02-29", [29, 30, 31]),
        ("2019-04-30", [30, 31]),
    ],
)
def test_on_the_last_day_of_a_month_begin_the_cycles_of_all_later_days(day: str, anchors: list[int]) -> None:
    assert list(anchor_days(date.fromisoformat(day))) == anchors
