"""The tasks that keep the book fresh go on whatever fails, and pause as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog

from linkedaccounts.application.rate_books import RateBookKeeper, Refreshed, SourceUnreachable
from linkedaccounts.application.rate_schedule import follow_kept_book, refresh_on_schedule
from linkedaccounts.domain.rate_book_changes import changes
from linkedaccounts.domain.rates import RateBook

MONDAY = date(2019, 9, 30)
BOOK = RateBook("EUR", [MONDAY], {MONDAY: {"USD": Decimal("1.0889")}})
DONE = Refreshed(MONDAY, MONDAY, changes(BOOK, BOOK))


class Pauses(list[float]):
    """Takes no time, notes every pause, and cancels the task in the last one."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        if len(self) == self._count:
            raise asyncio.CancelledError


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as captured:
        yield captured


def _each(*outcomes: object) -> Callable[[], Any]:
    left = iter(outcomes)

    def one() -> object:
        outcome = next(left)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return one


def _keeper(*outcomes: object) -> RateBookKeeper:
    return cast(RateBookKeeper, SimpleNamespace(current=BOOK, refresh_from_disk=_each(*outcomes)))


async def test_downloads_come_soon_after_the_start_and_then_about_every_so_many_hours(logs: list[Any]) -> None:
    pauses, chances = Pauses(4), iter([0.5, 0.0, 0.5, 1.0])
    with pytest.raises(asyncio.CancelledError):
        await refresh_on_schedule(_each(DONE, DONE, DONE), 10, pause=pauses, chance=lambda: next(chances))
    assert pauses == pytest.approx([30, 32400, 36000, 39600])
    assert [line["event"] for line in logs] == ["rates_refreshed"] * 3


async def test_with_no_hours_nothing_is_ever_downloaded() -> None:
    pauses = Pauses(1)
    await refresh_on_schedule(_each(), 0, pause=pauses)
    assert pauses == []


async def test_a_failed_refresh_is_logged_with_its_problems_and_the_next_one_comes(logs: list[Any]) -> None:
    refresh = _each(SourceUnreachable(["no route"]), RuntimeError("what is that"), DONE)
    with pytest.raises(asyncio.CancelledError):
        await refresh_on_schedule(refresh, 1, pause=Pauses(4))
    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("rates_not_refreshed", "error"),
        ("rates_not_refreshed", "error"),
        ("rates_refreshed", "info"),
    ]
    assert logs[0]["problems"] == ("no route",)


async def test_the_kept_book_is_looked_at_every_so_many_seconds(logs: list[Any]) -> None:
    pauses = Pauses(4)
    with pytest.raises(asyncio.CancelledError):
        await follow_kept_book(_keeper(False, True, False), 5, pause=pauses)
    assert pauses == [5, 5, 5, 5]
    assert [(line["event"], line["last_day"]) for line in logs] == [("rates_followed", "2019-09-30")]


async def test_a_disk_that_fails_does_not_end_the_following(logs: list[Any]) -> None:
    with pytest.raises(asyncio.CancelledError):
        await follow_kept_book(_keeper(OSError("disk"), True), 5, pause=Pauses(3))
    assert [line["event"] for line in logs] == ["rates_not_followed", "rates_followed"]
