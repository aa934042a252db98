"""The fees of a real seller, by the accounts and days that are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest, StoreAccount
from linkedaccounts.application.refusals import InvalidRequest, NotAsThingsStand
from tests.application.marketplace import ADMINISTRATOR, Marketplace

Quoted = Callable[..., FeeQuote]


@pytest.fixture
def market(market: Marketplace) -> Marketplace:
    market.account("us", "US", "2018-01-15")
    market.account("eu", "EU", "2018-03-31")
    market.account("jp", "JP", "2019-09-10")
    market.user("ann", us=ADMINISTRATOR, eu=ADMINISTRATOR, jp=ADMINISTRATOR)
    return market


@pytest.fixture
def ann(market: Marketplace) -> Asker:
    return market.asker("ann")


def problems(refused: pytest.ExceptionInfo[InvalidRequest]) -> list[tuple[str, str]]:
    return [(problem.field, problem.reason) for problem in refused.value.problems]


def test_linked_accounts_are_quoted_as_the_same_facts_in_a_request_would_be(market: Marketplace, ann: Asker) -> None:
    market.link(ann, "us", "eu", "jp")
    kept = market.seller.quote_seller_fees(ann, "2019-11-20")
    linked = "2019-09-30"
    stated = market.quote_fees(
        QuoteRequest(
            (
                StoreAccount("EU", "2018-03-31", linked),
                StoreAccount("JP", "2019-09-10", linked),
                StoreAccount("US", "2018-01-15", linked),
            ),
            linked=True,
            day="2019-11-20",
        )
    )

    assert kept == stated
    assert len(kept.lines) == 3


def test_of_accounts_that_are_not_linked_the_one_meant_has_to_be_named(market: Marketplace, ann: Asker) -> None:
    with pytest.raises(InvalidRequest) as refused:
        market.seller.quote_seller_fees(ann)
    assert problems(refused) == [("account_id", "ACCOUNTS_AMBIGUOUS")]
    with pytest.raises(InvalidRequest) as refused:
        market.seller.quote_seller_fees(ann, account_id="somebody's")
    assert problems(refused) == [("account_id", "ACCOUNT_NOT_REACHED")]

    (line,) = market.seller.quote_seller_fees(ann, account_id="eu").lines
    assert str(line.charge) == "39.00 EUR"


def test_closed_accounts_are_not_charged(market: Marketplace, ann: Asker) -> None:
    market.link(ann, "us", "eu")
    market.storage.write(lambda tx: tx.set_status("eu", "closed", market.now))
    assert [line.store for line in market.seller.quote_seller_fees(ann, account_id="us").lines] == ["US"]
    market.storage.write(lambda tx: tx.set_status("us", "closed", market.now))
    with pytest.raises(NotAsThingsStand) as refused:
        market.seller.quote_seller_fees(ann, account_id="us")
    assert refused.value.reason == "ACCOUNTS_NONE"


def test_a_day_before_the_accounts_were_as_they_are_is_refused(market: Marketplace, ann: Asker) -> None:
    market.link(ann, "us", "eu", "jp")
    for day, reason in (("2019-09-29", "DAY_BEFORE_ACCOUNTS"), ("yesterday", "DAY_INVALID")):
        with pytest.raises(InvalidRequest) as refused:
            market.seller.quote_seller_fees(ann, day)
        assert problems(refused) == [("day", reason)]


def test_an_explanation_comes_if_it_is_asked_for(market: Marketplace, ann: Asker) -> None:
    assert not market.seller.quote_seller_fees(ann, account_id="us").lines[0].not_applied
    assert market.seller.quote_seller_fees(ann, account_id="us", explain=True).lines[0].not_applied
