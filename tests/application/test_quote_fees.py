"""What a quote says beside its figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from google.protobuf.descriptor import Descriptor
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.application.check_request import check_request
from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import RateUnavailable
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.vocabulary import FactType, facts_of_message
from linkedaccounts.v1 import facts_pb2

SEVEN = ("US", "CA", "MX", "BR", "EU", "JP", "AU")


def seller(*stores: str, day: str = "2019-09-30", linked: bool = True, **more: object) -> QuoteRequest:
    accounts = tuple(StoreAccount(store, "2018-01-15", "2018-03-01" if linked else "") for store in stores)
    return QuoteRequest(accounts, linked, day, **more)  # type: ignore[arg-type]


def test_seven_paying_stores_save_what_the_source_promises(quote_fees: QuoteFees) -> None:
    total = quote_fees(seller(*SEVEN)).total
    assert round(total.charge, 4) == Fraction("39.9693")
    assert round(total.standard_fee - total.charge, 4) == Fraction("179.2520")


def test_the_discount_is_what_the_adjustments_add_up_to(quote_fees: QuoteFees) -> None:
    for line in quote_fees(seller(*SEVEN)).lines:
        assert sum(adjustment.amount.minor for adjustment in line.adjustments) == line.discount.minor
        assert line.discount == line.standard_fee - line.charge


def test_each_line_names_the_rule_that_made_it_with_its_place(quote_fees: QuoteFees) -> None:
    (adjustment,) = quote_fees(seller("US", "EU")).lines[0].adjustments
    assert (adjustment.said.rule.id, adjustment.said.rule.reason) == ("plan-share", "PLAN_SHARE")
    assert adjustment.said.rule.place.file == "fees/charging.yaml"
    assert adjustment.said.rule.place.line > 0


def test_a_reason_is_said_in_both_languages_with_the_cap_of_the_day(quote_fees: QuoteFees) -> None:
    (adjustment,) = quote_fees(seller("US", "EU")).lines[0].adjustments
    assert "39.99 USD" in adjustment.said.message("en")
    assert "39.99 USD" in adjustment.said.message("zh-CN")
    assert "份额" in adjustment.said.message("zh-CN")


def test_a_charge_holds_through_the_last_day_of_the_billing_cycle(quote_fees: QuoteFees) -> None:
    line = quote_fees(seller("US", "EU")).lines[0]
    assert (line.cycle.starts_on, line.cycle.last_day) == (date(2019, 9, 15), date(2019, 10, 14))


def test_an_empty_day_is_today(quote_fees: QuoteFees) -> None:
    assert quote_fees(seller("US", day="")).day == date(2019, 9, 30)


def test_every_quote_says_which_fees_it_does_not_touch(quote_fees: QuoteFees) -> None:
    assert [note.rule.reason for note in quote_fees(seller("US")).notes] == [
        "OTHER_FEES_STILL_APPLY",
        "PROMOTIONS_NOT_REFLECTED",
    ]


def test_a_day_after_the_rate_book_is_an_estimate_and_says_so(quote_fees: QuoteFees, book: RateBook) -> None:
    quote = quote_fees(seller("US", "EU", day="2098-01-01"))
    assert quote.estimate
    assert quote.lines[1].rate is not None
    assert quote.lines[1].rate.day == book.last_day
    assert str(book.last_day) in quote.notes[-1].message("en")


def test_the_last_day_of_the_rate_book_is_no_estimate(quote_fees: QuoteFees, book: RateBook) -> None:
    assert not quote_fees(seller("US", "EU", day=str(book.last_day))).estimate


def test_a_missing_rate_is_refused_by_currency_and_day(quote_fees: QuoteFees) -> None:
    with pytest.raises(RateUnavailable) as refused:
        quote_fees(QuoteRequest((StoreAccount("IN", "2001-01-01"),), linked=False, day="2002-02-03"))
    assert refused.value.values["currency"] == "INR"
    assert refused.value.values["day"] == "2002-02-03"


def test_a_quote_in_the_reporting_currency_alone_needs_no_rate(quote_fees: QuoteFees) -> None:
    quote = quote_fees(QuoteRequest((StoreAccount("US", "2000-01-01"),), linked=False, day="2000-01-02"))
    assert quote.total.charge == Fraction("39.99")


def test_an_explanation_names_the_failed_condition_with_wanted_and_actual(quote_fees: QuoteFees) -> None:
    line = quote_fees(seller("US", "EU", explain=True)).lines[0]
    (lost,) = [other for other in line.not_applied if other.rule.id == "first-month-in-full"]
    assert [(failed.fact, failed.wanted, failed.actual) for failed in lost.failed] == [
        ("store.first_month", "true", "false")
    ]


def test_without_explain_nothing_is_explained(quote_fees: QuoteFees) -> None:
    quote = quote_fees(seller("US", "EU"))
    assert not quote.lines[0].not_applied
    assert not quote.notes_not_applied


@pytest.mark.parametrize("message", [facts_pb2.ChargingFacts, facts_pb2.NoteFacts], ids=lambda m: m.DESCRIPTOR.name)
def test_the_facts_of_a_quote_are_those_of_the_contract(message: type, policy: Policy) -> None:
    descriptor: Descriptor = message.DESCRIPTOR  # type: ignore[attr-defined]
    checked = check_request(seller("US", "EU"), policy.catalogue.stores, date(2019, 9, 30))
    facts = {**checked.facts(estimate=False), **checked.stores[0].facts()}
    types = {
        FactType.YES_OR_NO: bool,
        FactType.COUNT: int,
        FactType.DATE: date,
        FactType.DECIMAL: Decimal,
    }
    for path, fact in facts_of_message(descriptor, {}).items():
        assert facts[path] is None or isinstance(facts[path], types.get(fact.type, str)), path
    assert set(facts_of_message(facts_pb2.ChargingFacts.DESCRIPTOR, {})) == set(facts)


def test_for_any_stores_the_discounted_total_never_exceeds_the_cap(quote_fees: QuoteFees) -> None:
    for stores in combinations(SEVEN, 3):
        assert quote_fees(seller(*stores)).total.charge <= Fraction("39.99")


DAYS = st.dates(date(2008, 1, 2), date(2026, 10, 30))


@given(
    day=DAYS,
    accounts=st.lists(
        st.tuples(st.sampled_from(SEVEN), DAYS, st.integers(0, 400)), min_size=1, max_size=7, unique_by=lambda a: a[0]
    ),
    linked=st.booleans(),
    shuffled=st.randoms(use_true_random=False),
)
def test_whatever_the_seller_fees_stay_exact(
    quote_fees: QuoteFees,
    day: date,
    accounts: list[tuple[str, date, int]],
    linked: bool,
    shuffled: st.DrawFn,
) -> None:
    stores = [
        StoreAccount(
            code,
            str(min(registered, day)),
            str(min(day, date.fromordinal(min(registered, day).toordinal() + later))) if linked else "",
        )
        for code, registered, later in accounts
    ]
    quote = quote_fees(QuoteRequest(tuple(stores), linked, str(day)))
    unlinked = [StoreAccount(store.store, store.registered_on) for store in stores]
    alone = quote_fees(QuoteRequest(tuple(unlinked), linked=False, day=str(day)))
    assert quote.total.charge <= alone.total.charge
    assert quote.total.standard_fee == alone.total.charge
    assert all(0 <= line.charge.minor <= line.standard_fee.minor for line in quote.lines)
    assert sum(total.charge.minor for total in quote.totals_by_currency) == sum(
        line.charge.minor for line in quote.lines
    )
    discounted = [line for line in quote.lines if line.discount.minor]
    in_usd = sum((line.charge.exact * (line.rate.value if line.rate else 1) for line in discounted), Fraction(0))
    assert in_usd <= Fraction("39.99")
    shuffled.shuffle(stores)  # type: ignore[attr-defined]
    again = quote_fees(QuoteRequest(tuple(stores), linked, str(day)))
    assert {line.store: line for line in again.lines} == {line.store: line for line in quote.lines}
    assert again.total == quote.total
    assert again.totals_by_currency == quote.totals_by_currency
