"""A published book replaces the current one as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest

from linkedaccounts.application.rate_books import (
    CORRECTIONS_ALLOWED,
    BookNotKept,
    BookRejected,
    PublishedBook,
    RateBookKeeper,
    RefreshRates,
    SourceUnreachable,
)
from linkedaccounts.domain.rates import RateBook

FRIDAY, MONDAY, TUESDAY = date(2019, 9, 27), date(2019, 9, 30), date(2019, 10, 1)
DAY = timedelta(days=1)
Rows = dict[date, dict[str, Decimal]]
PACKAGED: Rows = {
    FRIDAY: {"USD": Decimal("1.0935"), "JPY": Decimal("118.21")},
    MONDAY: {"USD": Decimal("1.0889"), "JPY": Decimal("117.59")},
}
NEWER: Rows = {**PACKAGED, TUESDAY: {"USD": Decimal("1.0898"), "JPY": Decimal("117.93")}}


def _book(rows: Mapping[date, Mapping[str, Decimal]]) -> RateBook:
    return RateBook("EUR", sorted(rows), rows)


class OneDisk:
    """A kept book that several keepers share, as processes share a disk."""

    def __init__(self) -> None:
        self.book: RateBook | None = None
        self.version: int | None = None
        self.loads = 0
        self.held = False
        self.writable = True

    def load(self) -> RateBook | None:
        self.loads += 1
        return self.book

    def keep(self, published: PublishedBook) -> None:
        assert self.held
        if not self.writable:
            raise BookNotKept(["no space left"])
        self.put(published.book)

    def put(self, book: RateBook | None) -> None:
        self.book, self.version = book, (self.version or 0) + 1

    def stamp(self) -> object:
        return self.version

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        self.held = True
        try:
            yield
        finally:
            self.held = False


@pytest.fixture
def disk() -> OneDisk:
    return OneDisk()


@pytest.fixture
def keeper(disk: OneDisk) -> RateBookKeeper:
    return RateBookKeeper(_book(PACKAGED), disk)


def _refresh(disk: OneDisk, keeper: RateBookKeeper, rows: Rows, **options: int) -> RefreshRates:
    published = PublishedBook(b"", _book(rows))
    return RefreshRates(lambda _: published, disk, keeper, lambda: TUESDAY, **options)


def _refusal(disk: OneDisk, keeper: RateBookKeeper, rows: Rows, **options: int) -> tuple[str, ...]:
    before, refresh = keeper.current, _refresh(disk, keeper, rows, **options)
    with pytest.raises(BookRejected) as refused:
        refresh("here")
    assert keeper.current is before
    assert disk.book is None
    assert (refresh.succeeded, refresh.failed) == (0, 1)
    return refused.value.problems


def test_a_newer_book_is_kept_and_used(disk: OneDisk, keeper: RateBookKeeper) -> None:
    refresh = _refresh(disk, keeper, NEWER)
    done = refresh("here")
    assert (done.last_day_before, done.last_day, done.changes.days_added) == (MONDAY, TUESDAY, (TUESDAY,))
    assert keeper.current is disk.book
    assert keeper.is_kept
    assert (refresh.succeeded, refresh.failed) == (1, 0)


def test_what_this_process_has_kept_itself_it_does_not_read_again(disk: OneDisk, keeper: RateBookKeeper) -> None:
    _refresh(disk, keeper, NEWER)("here")
    assert not keeper.refresh_from_disk()
    assert disk.loads == 0


def test_a_book_that_says_the_same_replaces_nothing(disk: OneDisk, keeper: RateBookKeeper) -> None:
    done = _refresh(disk, keeper, PACKAGED)("here")
    assert not done.changes.anything
    assert disk.book is None
    assert not keeper.is_kept


def test_the_source_is_passed_on(disk: OneDisk, keeper: RateBookKeeper) -> None:
    asked: list[str] = []

    def fetch(source: str) -> PublishedBook:
        asked.append(source)
        return PublishedBook(b"", _book(NEWER))

    RefreshRates(fetch, disk, keeper, lambda: TUESDAY)("there")
    assert asked == ["there"]


def test_a_book_that_ends_earlier_is_refused_and_the_lost_days_are_named(disk: OneDisk, keeper: RateBookKeeper) -> None:
    assert _refusal(disk, keeper, {FRIDAY: PACKAGED[FRIDAY]}) == (
        "it ends on 2019-09-27, the current book on 2019-09-30",
        "it lacks days of the current book: 2019-09-30",
    )


def test_a_book_without_an_old_day_is_refused(disk: OneDisk, keeper: RateBookKeeper) -> None:
    rows = {day: row for day, row in NEWER.items() if day != FRIDAY}
    assert _refusal(disk, keeper, rows) == ("it lacks days of the current book: 2019-09-27",)


def test_a_book_without_a_currency_is_refused(disk: OneDisk, keeper: RateBookKeeper) -> None:
    rows = {day: {"USD": row["USD"]} for day, row in NEWER.items()}
    assert _refusal(disk, keeper, rows) == ("it lacks currencies of the current book: JPY",)


def test_a_book_without_a_single_old_figure_is_refused(disk: OneDisk, keeper: RateBookKeeper) -> None:
    rows = {**NEWER, FRIDAY: {"USD": Decimal("1.0935")}}
    assert _refusal(disk, keeper, rows) == ("it lacks figures of the current book: 2019-09-27 JPY 118.21 → none",)


def test_a_currency_may_end(disk: OneDisk, keeper: RateBookKeeper) -> None:
    _refresh(disk, keeper, {**NEWER, TUESDAY: {"USD": Decimal("1.0898")}})("here")
    assert keeper.current.last_day == TUESDAY


def test_a_book_from_the_future_is_refused(disk: OneDisk, keeper: RateBookKeeper) -> None:
    rows = {**NEWER, TUESDAY + 2 * DAY: NEWER[TUESDAY]}
    assert _refusal(disk, keeper, rows) == ("it ends on 2019-10-03, a day that is not yet",)


def test_the_publishers_day_may_begin_a_day_before_ours(disk: OneDisk, keeper: RateBookKeeper) -> None:
    _refresh(disk, keeper, {**NEWER, TUESDAY + DAY: NEWER[TUESDAY]})("here")
    assert keeper.current.last_day == TUESDAY + DAY


def test_a_corrected_figure_is_taken_over_and_reported(disk: OneDisk, keeper: RateBookKeeper) -> None:
    rows = {**PACKAGED, FRIDAY: {**PACKAGED[FRIDAY], "USD": Decimal("1.0953")}}
    done = _refresh(disk, keeper, rows)("here")
    assert [str(figure) for figure in done.changes.figures_changed] == ["2019-09-27 USD 1.0935 → 1.0953"]
    assert keeper.current.per_base(FRIDAY)["USD"] == Decimal("1.0953")


def test_more_changed_figures_than_allowed_are_refused_like_mixed_up_columns(
    disk: OneDisk, keeper: RateBookKeeper
) -> None:
    mixed_up = {day: {"USD": row["JPY"], "JPY": row["USD"]} for day, row in NEWER.items()}
    [problem] = _refusal(disk, keeper, mixed_up, corrections_allowed=3)
    assert problem == (
        "it changes 4 figures of the current book, not just a few: 2019-09-27 JPY 118.21 → 1.0935, "
        "2019-09-27 USD 1.0935 → 118.21, 2019-09-30 JPY 117.59 → 1.0889, 2019-09-30 USD 1.0889 → 117.59"
    )


def test_as_many_changed_figures_as_allowed_are_corrections(disk: OneDisk, keeper: RateBookKeeper) -> None:
    mixed_up = {day: {"USD": row["JPY"], "JPY": row["USD"]} for day, row in NEWER.items()}
    done = _refresh(disk, keeper, mixed_up, corrections_allowed=4)("here")
    assert len(done.changes.figures_changed) == 4


def test_by_default_a_days_row_of_corrections_is_allowed_and_two_are_not(disk: OneDisk) -> None:
    row = {f"X{number:02}": Decimal(1) for number in range(CORRECTIONS_ALLOWED)}
    doubled = {currency: Decimal(2) for currency in row}
    before = {FRIDAY: row, MONDAY: row}
    keeper = RateBookKeeper(_book(before), disk)
    assert len(_refusal(disk, keeper, {FRIDAY: doubled, MONDAY: doubled})) == 1
    _refresh(disk, keeper, {FRIDAY: doubled, MONDAY: row})("here")
    assert keeper.is_kept


def test_a_long_list_of_what_is_lost_is_counted(disk: OneDisk) -> None:
    many = {FRIDAY + DAY * number: PACKAGED[FRIDAY] for number in range(4)}
    before = {FRIDAY - DAY * number: PACKAGED[FRIDAY] for number in range(1, 9)}
    problems = _refusal(disk, RateBookKeeper(_book({**before, **many}), disk), many)
    assert problems == (
        "it lacks days of the current book: 2019-09-19, 2019-09-20, 2019-09-21, 2019-09-22, 2019-09-23 and 3 more",
    )


def test_what_cannot_be_kept_is_not_used(disk: OneDisk, keeper: RateBookKeeper) -> None:
    disk.writable = False
    refresh = _refresh(disk, keeper, NEWER)
    with pytest.raises(BookNotKept, match="no space left"):
        refresh("here")
    assert keeper.current.last_day == MONDAY
    assert refresh.failed == 1


def test_a_source_that_cannot_be_reached_counts_as_a_failure(disk: OneDisk, keeper: RateBookKeeper) -> None:
    def fetch(source: str) -> PublishedBook:
        raise SourceUnreachable([f"{source}: no route"])

    refresh = RefreshRates(fetch, disk, keeper, lambda: TUESDAY)
    for _ in range(2):
        with pytest.raises(SourceUnreachable, match="here: no route"):
            refresh("here")
    assert (refresh.succeeded, refresh.failed) == (0, 2)


def test_a_refresh_is_compared_with_what_another_process_has_kept_meanwhile(
    disk: OneDisk, keeper: RateBookKeeper
) -> None:
    disk.put(_book({**NEWER, TUESDAY + DAY: NEWER[TUESDAY]}))
    with pytest.raises(BookRejected, match="it ends on 2019-10-01, the current book on 2019-10-02"):
        _refresh(disk, keeper, NEWER)("here")
    assert keeper.current.last_day == TUESDAY + DAY


def test_every_worker_follows_what_one_of_them_has_kept(disk: OneDisk) -> None:
    first, *others = [RateBookKeeper(_book(PACKAGED), disk) for _ in range(3)]
    _refresh(disk, first, NEWER)("here")
    assert [other.refresh_from_disk() for other in others] == [True, True]
    assert {other.current.last_day for other in others} == {TUESDAY}


def test_a_kept_book_is_read_once_until_it_changes(disk: OneDisk, keeper: RateBookKeeper) -> None:
    disk.put(_book(NEWER))
    assert [keeper.refresh_from_disk() for _ in range(3)] == [True, False, False]
    assert disk.loads == 1


def test_a_kept_book_that_ends_earlier_or_is_gone_is_passed_over(disk: OneDisk, keeper: RateBookKeeper) -> None:
    disk.put(_book({FRIDAY: PACKAGED[FRIDAY]}))
    assert not keeper.refresh_from_disk()
    disk.put(None)
    assert not keeper.refresh_from_disk()
    assert keeper.current.last_day == MONDAY


@pytest.mark.parametrize("today, age", [(MONDAY, 0), (TUESDAY, 1), (date(2020, 9, 30), 366), (FRIDAY, 0)])
def test_the_age_of_a_book_is_the_days_since_its_last_one(keeper: RateBookKeeper, today: date, age: int) -> None:
    assert keeper.age_days(today) == age
