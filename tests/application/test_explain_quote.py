"""What of a quote's request would have to be different: held against the quote of a request that is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import pytest

from linkedaccounts.application.explain_quote import ExplainQuote
from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import InvalidRequest
from linkedaccounts.policy.explanation import Explanation
from linkedaccounts.policy.nearest import Change
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book

DAY = date(2019, 9, 30)
US = StoreAccount("US", "2019-01-25", "2019-09-25")
EU = StoreAccount("EU", "2018-03-01", "2019-08-31")
JP = StoreAccount("JP", "2017-05-31", "2019-08-31")
QUOTE = QuoteRequest((US, EU, JP), linked=True, day=DAY.isoformat())


def charging(policy: Policy, request: QuoteRequest, store: str) -> Explanation:
    explained = ExplainQuote(lambda: policy, packaged_rate_book, lambda: DAY)(request, store)
    (explanation,) = explained.explanations  # the rules that come with the service have none for the others
    return explanation


def told(explanation: Explanation) -> dict[str, list[tuple[str, ...]]]:
    """The misses in words: of each field what it would have to be, and the rules that would decide."""
    misses: dict[str, list[tuple[str, ...]]] = {}
    for miss in explanation.nearest or ():
        (change,) = miss.changes
        misses.setdefault(change.fact, []).append((shown(change.after), *(rule.id for rule in miss.rules)))
    return misses


def shown(value: object) -> str:
    return date.fromordinal(value).isoformat() if type(value) is int and value > 10**4 else str(value)


def test_the_days_are_named_that_would_have_ended_the_first_month(policy: Policy) -> None:
    explanation = charging(policy, QUOTE, "US")

    assert [rule.id for rule in explanation.rules] == ["first-month-in-full"]
    assert told(explanation) == {
        "stores[0].linked_on": [("2019-09-24", "plan-share")],
        "stores[0].registered_on": [("2019-01-26", "plan-share")],
        "day": [("2019-10-25", "plan-share")],
        "linked": [("False", "standard-fee")],
    }


def test_a_store_that_takes_part_is_told_what_would_have_been_its_first_month(policy: Policy) -> None:
    assert told(charging(policy, QUOTE, "EU")) == {
        "stores[1].linked_on": [("2019-09-01", "first-month-in-full")],
        "linked": [("False", "standard-fee")],
        "seller.store_count": [("1", "standard-fee")],
    }


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_quote_of_what_a_miss_says_is_decided_as_it_says_and_one_of_no_nearer_day_is(
    policy: Policy, quote_fees: QuoteFees, index: int
) -> None:
    explanation = charging(policy, QUOTE, QUOTE.stores[index].store)
    changes = [(miss.changes[0], miss.rules) for miss in explanation.nearest or ()]
    for change, rules in changes:
        if change.fact.startswith("seller."):
            continue  # not a field of the request
        assert ruling(quote_fees, changed(change), index) == rules[0].id
        for day in days_between(change):
            assert ruling(quote_fees, changed(replace(change, after=day)), index) == explanation.rules[0].id


def ruling(quote_fees: QuoteFees, request: QuoteRequest, index: int) -> str:
    """The rule by which a store is charged."""
    return quote_fees(request).lines[index].adjustments[0].said.rule.id


def days_between(change: Change) -> range:
    """The days that are nearer than the one that a change comes to, on the same side."""
    if type(change.before) is not int:
        return range(0)
    before, after = change.before, int(change.after)
    return range(before + 1, after) if after > before else range(after + 1, before)


Stated = TypeVar("Stated", QuoteRequest, StoreAccount)


def varied(stated: Stated, field: str, change: Change) -> Stated:
    values: dict[str, Any] = {field: shown(change.after)}
    return replace(stated, **values)


def changed(change: Change) -> QuoteRequest:
    """The quote's request with one field changed."""
    place, _, field = change.fact.rpartition(".")
    if not place:
        if field == "linked":
            unlinked = tuple(replace(account, linked_on="") for account in QUOTE.stores)
            return replace(QUOTE, linked=False, stores=unlinked)
        return varied(QUOTE, field, change)
    index = int(place.removeprefix("stores[").removesuffix("]"))
    account = varied(QUOTE.stores[index], field, change)
    return replace(QUOTE, stores=(*QUOTE.stores[:index], account, *QUOTE.stores[index + 1 :]))


def test_what_is_wrong_with_the_quote_is_named_within_it(policy: Policy) -> None:
    explain = ExplainQuote(lambda: policy, packaged_rate_book, lambda: DAY)
    for request, store, problem in (
        (None, "US", ("quote.request", "REQUEST_REQUIRED")),
        (replace(QUOTE, stores=(US, US)), "US", ("quote.request.stores[1].store", "STORE_DUPLICATE")),
        (QUOTE, "CA", ("quote.store", "STORE_NOT_QUOTED")),
        (QUOTE, "", ("quote.store", "STORE_NOT_QUOTED")),
    ):
        with pytest.raises(InvalidRequest) as invalid:
            explain(request, store)
        assert [(found.field, found.reason) for found in invalid.value.problems] == [problem]
