"""Rates are those published, crossed exactly, of the newest day that has them, never interpolated."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.rates import Peg, Rate, RateBook, RateMissing, Rates, RateSource

FRIDAY, MONDAY = date(2019, 9, 27), date(2019, 9, 30)
DAY = timedelta(days=1)
BOOK = RateBook(
    "EUR",
    [FRIDAY, MONDAY],
    {
        FRIDAY: {"USD": Decimal("1.0935"), "JPY": Decimal("118.21"), "CYP": Decimal("0.58")},
        MONDAY: {"USD": Decimal("1.0889"), "JPY": Decimal("117.59")},
    },
)
AED = Peg("USD", Decimal("3.6725"), date(1997, 11, 1))
PEGS = {"AED": [AED], "XPA": [Peg("AED", Decimal(2), MONDAY)], "XPB": [Peg("EUR", Decimal("655.957"), FRIDAY)]}
KNOWN = ("EUR", "USD", "JPY", "AED", "XPA", "XPB")
FIGURES = st.decimals("0.0001", 100_000, places=6)


def _on(day: date) -> Rates:
    return Rates(BOOK, PEGS, day)


def _value(rate: Rate | None) -> Fraction:
    return Fraction(1) if rate is None else rate.value


def _day(day: date) -> date | None:
    rate = _on(day).rate("USD", "JPY")
    return rate.day if rate else None


@st.composite
def sparse_books(draw: st.DrawFn) -> tuple[RateBook, dict[date, dict[str, Decimal]]]:
    offsets = draw(st.lists(st.integers(0, 60), min_size=1, max_size=15, unique=True))
    figures = st.dictionaries(st.sampled_from(["USD", "JPY", "CHF"]), FIGURES)
    rows = {MONDAY + DAY * offset: draw(figures) for offset in sorted(offsets)}
    return RateBook("EUR", list(rows), rows), rows


def test_a_book_covers_its_first_through_its_last_day() -> None:
    assert (BOOK.first_day, BOOK.last_day) == (FRIDAY, MONDAY)
    assert list(BOOK.days) == [FRIDAY, MONDAY]
    assert BOOK.per_base(MONDAY) == {"USD": Decimal("1.0889"), "JPY": Decimal("117.59")}


def test_a_rate_against_the_base_is_the_published_figure() -> None:
    assert _on(MONDAY).rate("EUR", "USD") == Rate("EUR", "USD", Decimal("1.0889"), Decimal(1), MONDAY, RateSource.ECB)
    assert _value(_on(MONDAY).rate("USD", "EUR")) == 1 / Fraction("1.0889")


def test_two_currencies_are_crossed_through_the_base() -> None:
    crossed = _on(MONDAY).rate("USD", "JPY")
    assert crossed == Rate("USD", "JPY", Decimal("117.59"), Decimal("1.0889"), MONDAY, RateSource.ECB)


def test_a_currency_has_no_rate_against_itself() -> None:
    assert [_on(MONDAY).rate(currency, currency) for currency in KNOWN] == [None] * len(KNOWN)


@pytest.mark.parametrize("one", KNOWN)
@pytest.mark.parametrize("other", KNOWN)
def test_there_and_back_is_exactly_one(one: str, other: str) -> None:
    rates = _on(MONDAY)
    assert _value(rates.rate(one, other)) * _value(rates.rate(other, one)) == 1
    assert rates.convert(rates.convert(Fraction("39.99"), one, other), other, one) == Fraction("39.99")


@pytest.mark.parametrize("one", KNOWN)
@pytest.mark.parametrize("other", KNOWN)
@pytest.mark.parametrize("third", KNOWN)
def test_the_way_over_a_third_currency_gives_the_same(one: str, other: str, third: str) -> None:
    rates = _on(MONDAY)
    assert _value(rates.rate(one, third)) * _value(rates.rate(third, other)) == _value(rates.rate(one, other))


@given(st.fractions(), st.dictionaries(st.sampled_from(["USD", "JPY"]), FIGURES, min_size=2))
def test_there_and_back_is_exactly_one_whatever_the_figures(amount: Fraction, row: dict[str, Decimal]) -> None:
    rates = Rates(RateBook("EUR", [MONDAY], {MONDAY: row}), {}, MONDAY)
    assert rates.convert(rates.convert(amount, "USD", "JPY"), "JPY", "USD") == amount


@pytest.mark.parametrize(
    "on, day",
    [(FRIDAY, FRIDAY), (FRIDAY + DAY, FRIDAY), (FRIDAY + 2 * DAY, FRIDAY), (MONDAY, MONDAY)],
)
def test_a_weekend_takes_the_rates_of_the_friday_before(on: date, day: date) -> None:
    assert _day(on) == day


@given(sparse_books(), st.integers(-5, 75))
def test_a_rate_is_a_published_one_and_the_newest_within_ten_days(
    drawn: tuple[RateBook, dict[date, dict[str, Decimal]]], offset: int
) -> None:
    book, rows = drawn
    on = MONDAY + DAY * offset
    newest = min(on, book.last_day)
    within = [day for day in rows if newest - 10 * DAY <= day <= newest and {"USD", "JPY"} <= rows[day].keys()]
    try:
        rate = book.cross("USD", "JPY", on)
    except RateMissing:
        assert not within
        return
    assert rate.day == max(within)
    assert (rate.numerator, rate.denominator) == (rows[max(within)]["JPY"], rows[max(within)]["USD"])


@pytest.mark.parametrize("gap, found", [(10, True), (11, False)])
def test_a_day_without_rates_looks_ten_days_back_and_not_eleven(gap: int, found: bool) -> None:
    later = MONDAY + 30 * DAY
    row = {"USD": Decimal("1.1")}
    book = RateBook("EUR", [MONDAY, later], {MONDAY: row, later: row})
    if found:
        assert book.cross("EUR", "USD", MONDAY + gap * DAY).day == MONDAY
    else:
        with pytest.raises(RateMissing, match="no rate for USD on 2019-10-11"):
            book.cross("EUR", "USD", MONDAY + gap * DAY)


@pytest.mark.parametrize("gap, found", [(10, True), (11, False)])
def test_a_currency_left_out_on_a_day_looks_ten_days_back_too(gap: int, found: bool) -> None:
    last = MONDAY + gap * DAY
    book = RateBook("EUR", [MONDAY, last], {MONDAY: {"RUB": Decimal(70), "USD": Decimal(1)}, last: {"USD": Decimal(1)}})
    if found:
        assert book.cross("RUB", "USD", last).day == MONDAY
    else:
        with pytest.raises(RateMissing, match="no rate for RUB"):
            book.cross("RUB", "USD", last)


def test_a_day_after_the_books_last_one_takes_its_last_rates_as_an_estimate() -> None:
    later = _on(MONDAY + 400 * DAY)
    assert later.estimated
    assert later.rate("USD", "JPY") == _on(MONDAY).rate("USD", "JPY")


def test_the_books_last_day_is_no_estimate() -> None:
    assert not _on(MONDAY).estimated
    assert _on(MONDAY + DAY).estimated


@pytest.mark.parametrize("one, other, named", [("USD", "JPY", "USD"), ("EUR", "JPY", "JPY"), ("JPY", "EUR", "JPY")])
def test_a_day_before_the_book_is_an_error_that_names_currency_and_day(one: str, other: str, named: str) -> None:
    with pytest.raises(RateMissing) as caught:
        _on(FRIDAY - DAY).rate(one, other)
    assert str(caught.value) == f"no rate for {named} on 2019-09-26; the rate book covers 2019-09-27 through 2019-09-30"
    assert (caught.value.currency, caught.value.day) == (named, FRIDAY - DAY)
    assert (caught.value.first_day, caught.value.last_day) == (FRIDAY, MONDAY)


@pytest.mark.parametrize("other", ["EUR", "USD", "AED"])
def test_a_currency_that_the_book_lacks_is_named_in_either_direction(other: str) -> None:
    for one, two in [("XXX", other), (other, "XXX")]:
        with pytest.raises(RateMissing) as caught:
            _on(MONDAY).rate(one, two)
        assert caught.value.currency == "XXX"


@pytest.mark.parametrize(
    "one, other, rate",
    [
        ("USD", "AED", Fraction("3.6725")),
        ("AED", "USD", 1 / Fraction("3.6725")),
        ("EUR", "AED", Fraction("1.0889") * Fraction("3.6725")),
        ("AED", "EUR", 1 / Fraction("1.0889") / Fraction("3.6725")),
        ("AED", "JPY", Fraction("117.59") / Fraction("1.0889") / Fraction("3.6725")),
        ("USD", "XPA", Fraction("3.6725") * 2),
        ("XPA", "EUR", 1 / Fraction("1.0889") / Fraction("3.6725") / 2),
        ("XPA", "AED", Fraction(1, 2)),
        ("XPB", "AED", Fraction("1.0889") * Fraction("3.6725") / Fraction("655.957")),
    ],
)
def test_a_pegged_currency_goes_through_its_anchor(one: str, other: str, rate: Fraction) -> None:
    found = _on(MONDAY).rate(one, other)
    assert found is not None
    assert found.value == rate
    assert found.source is RateSource.PEG


def test_a_peg_alone_has_no_day_and_one_crossed_with_the_book_has_its_day() -> None:
    alone, crossed = _on(MONDAY).rate("AED", "USD"), _on(MONDAY - DAY).rate("AED", "JPY")
    assert alone is not None
    assert crossed is not None
    assert (alone.day, crossed.day) == (None, FRIDAY)


def test_a_peg_needs_no_book() -> None:
    assert _on(FRIDAY - 400 * DAY).convert(Fraction(100), "USD", "AED") == Fraction("367.25")


def test_a_peg_holds_from_its_first_day_on() -> None:
    assert _on(MONDAY).convert(Fraction(1), "AED", "XPA") == 2
    with pytest.raises(RateMissing, match="no rate for XPA on 2019-09-29"):
        _on(MONDAY - DAY).rate("AED", "XPA")


def test_the_newest_peg_in_force_counts_whatever_their_order() -> None:
    pegs = {"AED": [Peg("USD", Decimal(4), MONDAY), AED, Peg("USD", Decimal(5), MONDAY + DAY)]}
    on_each_day = [Rates(BOOK, pegs, day).convert(Fraction(1), "USD", "AED") for day in (FRIDAY, MONDAY, MONDAY + DAY)]
    assert on_each_day == [Fraction("3.6725"), 4, 5]


@given(FIGURES, st.decimals("0.000001", 10**9, places=25), st.decimals("0.000001", 10**9, places=25))
def test_pegs_of_many_digits_stay_exact(figure: Decimal, one: Decimal, other: Decimal) -> None:
    pegs = {"XPA": [Peg("USD", one, FRIDAY)], "XPB": [Peg("XPA", other, FRIDAY)]}
    rates = Rates(RateBook("EUR", [MONDAY], {MONDAY: {"USD": figure}}), pegs, MONDAY)
    assert _value(rates.rate("EUR", "XPB")) == Fraction(figure) * Fraction(one) * Fraction(other)


@given(sparse_books())
def test_nothing_lies_between_two_published_figures(drawn: tuple[RateBook, dict[date, dict[str, Decimal]]]) -> None:
    book, rows = drawn
    published = {row["USD"] for row in rows.values() if "USD" in row}
    for offset in range((book.last_day - book.first_day).days + 1):
        with suppress(RateMissing):
            assert book.cross("EUR", "USD", book.first_day + DAY * offset).numerator in published
