"""What comes next as a picture: each charge is a bar that begins on its day."""

from __future__ import annotations

from datetime import date

import pytest

from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.statements.html_page import upcoming_page
from linkedaccounts.statements.upcoming import LEFT, WIDTH, Upcoming, upcoming
from tests.cli.pages import Page
from tests.statements.seller import REGISTERED, Seller

IN_BRAZILS_FIRST_MONTH, LATER_THAN_ALL_RATES = date(2019, 5, 25), date(2100, 1, 1)


def drawn(seller: Seller, day: date, language: str = "en") -> Upcoming:
    stores = {code: store.name for code, store in seller.policy.catalogue.stores.items()}
    return upcoming(seller.previews(day), stores, day, language)


def test_each_store_has_a_row_of_twelve_charges_and_its_total(seller: Seller) -> None:
    picture = drawn(seller, date(2019, 6, 10))

    assert [row.account for row in picture.rows] == sorted(f"acct-{store.lower()}" for store in REGISTERED)
    assert {len(row.bars) for row in picture.rows} == {12}
    assert len(picture.charges) == 12 * len(REGISTERED)
    assert [count for _, count, _ in picture.totals] == [12] * len(REGISTERED)


def test_the_totals_are_what_the_bars_add_up_to(seller: Seller) -> None:
    previews = seller.previews(date(2019, 6, 10))
    sums = {each.account.id: sum(charge.line.charge.minor for charge in each.charges) for each in previews}
    shown = {row.account: row.total for row in drawn(seller, date(2019, 6, 10)).rows}

    assert {account: int("".join(filter(str.isdigit, total))) for account, total in shown.items()} == sums


def test_bars_stand_within_the_axis_one_after_the_other(seller: Seller) -> None:
    for row in drawn(seller, IN_BRAZILS_FIRST_MONTH).rows:
        edges = [edge for bar in row.bars for edge in (bar.x, bar.x + bar.width)]
        assert edges == sorted(edges)
        assert edges[0] >= LEFT
        assert edges[-1] <= LEFT + WIDTH


def test_a_first_month_that_goes_on_is_a_bar_of_its_own_before_the_shares(seller: Seller) -> None:
    rows = {row.account: [bar.kind for bar in row.bars] for row in drawn(seller, IN_BRAZILS_FIRST_MONTH).rows}

    assert rows["acct-br"] == ["first_month", *["share"] * 12]
    assert rows["acct-us"] == ["share"] * 12


def test_amounts_at_rates_to_come_are_marked_as_estimates(seller: Seller) -> None:
    later, earlier = drawn(seller, LATER_THAN_ALL_RATES), drawn(seller, date(2019, 6, 10))

    assert all(bar.estimate for row in later.rows for bar in row.bars)
    assert not any(bar.estimate for row in earlier.rows for bar in row.bars)
    assert "≈ 7" in Page(upcoming_page(later)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_in_a_table_what_it_draws_and_fetches_nothing(seller: Seller, language: str) -> None:
    picture = drawn(seller, IN_BRAZILS_FIRST_MONTH, language)
    page = Page(upcoming_page(picture))

    for row in picture.charges:
        assert f"{row.day} {row.store} {row.kind} {row.rates} {row.amount}" in page.text
    assert picture.description in page.text
    assert page.fetched == []


def test_in_which_order_the_stores_come_changes_nothing(seller: Seller) -> None:
    day = date(2019, 6, 10)
    previews = seller.previews(day)

    assert upcoming_page(upcoming(previews, {}, day, "en")) == upcoming_page(upcoming(previews[::-1], {}, day, "en"))


def test_a_seller_without_accounts_in_use_gets_a_page_that_says_so() -> None:
    page = Page(upcoming_page(upcoming([], {}, date(2019, 6, 10), "en")))

    assert "No account of this seller is in use" in page.text
