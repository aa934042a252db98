"""What the report promises of its pages and of refunds, on each database."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest

from linkedaccounts.application.billing.export_transactions import ExportTransactions
from linkedaccounts.application.billing.list_transactions import ListTransactions, TransactionsAsked
from linkedaccounts.application.billing.why import TellWhy
from linkedaccounts.application.refusals import InvalidRequest, Refusal
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.billing.billed_market import BilledMarket

DOLLARS = Currency("USD", 2)


@pytest.fixture
def market(storage: SqlStorage, default_policy: Policy) -> BilledMarket:
    """A store that was charged 39.99 USD on 10 March, April and May 2019."""
    market = BilledMarket(storage, default_policy)
    market.account("us", "US", "2019-03-10")
    market.run("2019-03-10")
    market.run("2019-05-10")
    return market


def test_two_refunds_at_once_together_never_exceed_the_charge(market: BilledMarket) -> None:
    charge = market.charge("us", "2019-05-10")

    def refunded(request_id: str) -> str:
        try:
            market.refund(request_id, charge.id, Money(3000, DOLLARS))
        except Refusal as refusal:
            return refusal.reason
        return "refunded"

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(refunded, ["one", "two"]))

    assert found == ["REFUND_EXCEEDS_CHARGE", "refunded"]


def test_pages_neither_repeat_nor_hide_anything_while_new_transactions_arrive(market: BilledMarket) -> None:
    pages, before = ListTransactions(market.storage), {one.id for one in market.ledger()}
    first = pages(TransactionsAsked("us", page_size=1))
    market.refund("one", market.charge("us", "2019-04-10").id, None)
    second = pages(TransactionsAsked("us", page_size=1, page_token=first.next_page_token))
    third = pages(TransactionsAsked("us", page_size=1, page_token=second.next_page_token))

    assert [str(page.transactions[0].day) for page in (first, second, third)] == [
        "2019-05-10",
        "2019-04-10",
        "2019-03-10",
    ]
    assert {page.transactions[0].id for page in (first, second, third)} == before
    assert third.next_page_token == ""


def test_a_token_that_was_tampered_with_or_belongs_to_another_list_is_refused(market: BilledMarket) -> None:
    pages = ListTransactions(market.storage)
    token = pages(TransactionsAsked("us", page_size=1)).next_page_token
    moved = urlsafe_b64encode(urlsafe_b64decode(token).replace(b"2019-05", b"2019-06")).decode()
    for asked in (TransactionsAsked("us", page_token=moved), TransactionsAsked("us", store="US", page_token=token)):
        with pytest.raises(InvalidRequest) as refused:
            pages(asked)
        assert [problem.reason for problem in refused.value.problems] == ["PAGE_TOKEN_INVALID"]


def test_an_export_in_pages_holds_every_transaction_once_the_oldest_first(market: BilledMarket) -> None:
    pages = list(ExportTransactions(market.storage, page=2)(TransactionsAsked("us")))

    assert [len(page) for page in pages] == [2, 1]
    assert [one.id for page in pages for one in page] == [one.id for one in market.ledger()]


def test_a_policy_is_read_once_however_many_transactions_say_why(market: BilledMarket) -> None:
    read = []

    def version(asked: str) -> Policy:
        read.append(asked)
        return market.policy

    told = TellWhy(version)(market.ledger() * 2)

    assert read == [market.policy.version]
    assert {each.entries[0].rule.id for each in told if each.entries[0].rule} == {market.ledger()[0].entries[0].rule_id}
