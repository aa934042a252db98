"""What the servicer makes of requests and answers, over a real channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from linkedaccounts.application.fee_quote import (
    FeeQuote,
    QuoteRequest,
    StoreAccount,
)
from linkedaccounts.application.fee_schedule import FeeSchedule
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.domain.catalogue import Plan, PlanTerms, Region, Store, StoreTerms
from linkedaccounts.domain.dated import Dated, DatedEntry
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.plan_split import ByStandardFee, Equally, OnOneStore
from linkedaccounts.domain.text import Text
from linkedaccounts.endpoints.fee_quotes import BREATH
from linkedaccounts.endpoints.quote_request import MOST_READ, quote_request
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from linkedaccounts.v1 import rules_pb2
from linkedaccounts.v1.facts_pb2 import SELLING_PLAN_PROFESSIONAL, SELLING_PLAN_UNSPECIFIED
from tests.endpoints.details import refusal_of, unpacked
from tests.endpoints.quotes import full_quote
from tests.endpoints.running import DAY, USD, VERSION, Asked, quote_of, running, service_with, standstill, until

CHINESE = (("accept-language", "zh-CN"),)


def asking(*stores: str) -> contract.QuoteFeesRequest:
    return contract.QuoteFeesRequest(day="2019-09-30", stores=[contract.StoreAccount(store=store) for store in stores])


def refuses_xx(request: QuoteRequest) -> FeeQuote:
    """Refuses a seller in the store XX, quotes for any other."""
    if any(account.store == "XX" for account in request.stores):
        raise InvalidRequest([FieldProblem("stores[0].store", "STORE_UNKNOWN", {"store": "XX", "known": "US"})])
    return quote_of(request)


async def test_all_that_the_caller_states_reaches_the_use_case() -> None:
    asked = Asked(quote_of)
    request = contract.QuoteFeesRequest(
        day="2019-09-30",
        linked=True,
        home_store="US",
        explain=True,
        stores=[
            contract.StoreAccount(
                store="US",
                registered_on="2018-01-15",
                linked_on="2018-03-01",
                active_listings=0,
                selling_plan=SELLING_PLAN_PROFESSIONAL,
                suspended=True,
                on_vacation=True,
            ),
            contract.StoreAccount(store="EU"),
        ],
    )
    async with running(service_with(asked)) as server:
        await server.fees.QuoteFees(request)

    us = StoreAccount("US", "2018-01-15", "2018-03-01", 0, "professional", suspended=True, on_vacation=True)
    eu = StoreAccount("EU", "", "", None, None)
    assert asked.requests == [QuoteRequest((us, eu), linked=True, day="2019-09-30", home_store="US", explain=True)]


@pytest.mark.parametrize(("number", "name"), [(SELLING_PLAN_UNSPECIFIED, None), (77, "77"), (-1, "-1")])
async def test_a_selling_plan_that_the_contract_lacks_reaches_the_use_case_as_its_number(
    number: Any, name: str | None
) -> None:
    asked = Asked(quote_of)
    request = contract.QuoteFeesRequest(stores=[contract.StoreAccount(store="US", selling_plan=number)])
    async with running(service_with(asked)) as server:
        await server.fees.QuoteFees(request)

    assert asked.requests[0].stores[0].selling_plan == name


def test_of_an_absurd_number_of_stores_the_number_is_kept_and_the_rest_not_read() -> None:
    request = contract.QuoteFeesRequest(stores=[contract.StoreAccount(store="US")] * (MOST_READ + 5))

    stores = quote_request(request).stores

    assert len(stores) == MOST_READ + 5
    assert {account.store for account in stores[:MOST_READ]} == {"US"}
    assert {account.store for account in stores[MOST_READ:]} == {""}


async def test_all_that_the_quote_holds_reaches_the_caller() -> None:
    async with running(service_with(full_quote)) as server:
        quote = (await server.fees.QuoteFees(asking("JP"))).quote

    line = quote.lines[0]
    assert (quote.day, quote.estimate, quote.policy_version) == ("2019-09-30", True, VERSION)
    assert (line.store, line.first_month) == ("JP", False)
    assert (line.cycle_starts_on, line.holds_through) == ("2019-09-30", "2019-10-30")
    assert [amount.units for amount in (line.standard_fee, line.charge, line.discount)] == [4900, 1500, 3400]
    assert line.rate == contract.ExchangeRate(
        from_currency="JPY",
        to_currency="USD",
        rate="0.00926014116847",
        numerator="1.0889",
        denominator="117.59",
        day="2019-09-30",
        source=contract.RATE_SOURCE_ECB,
    )
    reference = rules_pb2.RuleReference(id="plan-share", file="fees/charging.yaml", line=7)
    adjustment = line.adjustments[0]
    assert (adjustment.amount.units, adjustment.reason, adjustment.message) == (3400, "PLAN_SHARE", "Share 30%.")
    assert adjustment.rule == quote.notes[0].rule == reference
    assert (quote.notes[0].code, quote.notes[0].message) == ("PLAN_SHARE", "Share 30%.")
    assert line.not_applied[0] == rules_pb2.RuleNotApplied(
        decision="charging",
        rule=reference,
        failed=[rules_pb2.FailedCondition(fact="store.first_month", wanted="true", actual="false", line=9)],
    )
    assert quote.notes_not_applied[0].overridden_by == "other"
    assert quote.totals_by_currency[0].discount.currency_code == "JPY"


async def test_the_sums_in_the_reporting_currency_add_up_as_they_are_seen() -> None:
    async with running(service_with(full_quote)) as server:
        total = (await server.fees.QuoteFees(asking("JP"))).quote.total

    shown = [amount.units * 10**9 + amount.nanos for amount in (total.standard_fee, total.charge, total.discount)]
    exact = [round(fee * Fraction("1.0889") / Fraction("117.59") * 10**9) for fee in (4900, 1500)]
    assert shown == [*exact, exact[0] - exact[1]]


async def test_sentences_come_in_the_language_of_the_call() -> None:
    async with running(service_with(full_quote)) as server:
        quote = (await server.fees.QuoteFees(asking("JP"), metadata=CHINESE)).quote

    assert quote.lines[0].adjustments[0].message == quote.notes[0].message == "份额 30%。"


async def test_a_batch_answers_or_refuses_each_request_in_its_place() -> None:
    async with running(service_with(refuses_xx)) as server:
        requests = [asking("US"), asking("XX"), asking("EU", "JP")]
        response = await server.fees.BatchQuoteFees(contract.BatchQuoteFeesRequest(requests=requests))

    quoted, refused, quoted_too = response.results
    assert [line.store for line in quoted.quote.lines] == ["US"]
    assert [line.store for line in quoted_too.quote.lines] == ["EU", "JP"]
    assert refused.error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert unpacked(refused.error)["BadRequest"].field_violations[0].field == "stores[0].store"


async def test_an_item_is_refused_exactly_as_a_call_of_its_own() -> None:
    async with running(service_with(refuses_xx)) as server:
        batch = contract.BatchQuoteFeesRequest(requests=[asking("XX")])
        item = (await server.fees.BatchQuoteFees(batch, metadata=CHINESE)).results[0].error
        code, details = await refusal_of(server.fees.QuoteFees(asking("XX"), metadata=CHINESE))

    assert item.code == code.value[0]
    assert unpacked(item) == details


async def test_an_empty_batch_has_an_empty_answer() -> None:
    async with running() as server:
        response = await server.fees.BatchQuoteFees(contract.BatchQuoteFeesRequest())

    assert list(response.results) == []


async def test_a_batch_larger_than_the_limit_is_refused_before_any_of_it_is_quoted() -> None:
    asked = Asked(quote_of)
    async with running(service_with(asked), {"max_batch_size": 2}) as server:
        call = server.fees.BatchQuoteFees(contract.BatchQuoteFeesRequest(requests=[asking("US")] * 3))
        code, details = await refusal_of(call)

    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details["ErrorInfo"].reason == "BATCH_TOO_LARGE"
    assert asked.requests == []


async def test_a_cancelled_batch_stops() -> None:
    """The caller hangs up while the first quotes are made: at the next breath the rest is left."""
    asked = Asked(quote_of)
    async with running(service_with(asked), {"max_batch_size": 100_000}) as server:
        requests = [asking("US")] * 100_000
        call = server.fees.BatchQuoteFees(contract.BatchQuoteFeesRequest(requests=requests))
        await until(lambda: asked.requests)
        call.cancel()
        await until(lambda: server.tally.ended)

    assert len(asked.requests) < len(requests)
    assert server.lines()[0]["status"] == "CANCELLED"


async def test_while_a_batch_is_quoted_other_calls_are_answered() -> None:
    asked = Asked(quote_of)
    async with running(service_with(asked), {"max_batch_size": 100_000}) as server:
        requests = [asking("US")] * (BREATH * 2000)
        batch = server.fees.BatchQuoteFees(contract.BatchQuoteFeesRequest(requests=requests))
        await until(lambda: asked.requests)
        health: Any = health_pb2_grpc.HealthStub(server.channel)
        answer = await health.Check(health_pb2.HealthCheckRequest())
        quoted_meanwhile = len(asked.requests)
        batch.cancel()

    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    assert quoted_meanwhile < len(requests)


def streaming(*requests: contract.QuoteFeesRequest | None) -> AsyncIterator[contract.StreamQuoteFeesRequest]:
    async def stream() -> AsyncIterator[contract.StreamQuoteFeesRequest]:
        for request in requests:
            yield contract.StreamQuoteFeesRequest(request=request)

    return stream()


async def test_a_stream_answers_in_the_order_of_its_requests() -> None:
    async with running() as server:
        requests = [asking(f"S{number}") for number in range(100)]
        answers = [answer async for answer in server.fees.StreamQuoteFees(streaming(*requests))]

    assert [answer.result.quote.lines[0].store for answer in answers] == [f"S{number}" for number in range(100)]


async def test_a_stream_answers_each_request_before_the_next_is_sent() -> None:
    async with running() as server:
        call = server.fees.StreamQuoteFees()
        stores = []
        for store in ("US", "EU"):
            await call.write(contract.StreamQuoteFeesRequest(request=asking(store)))
            answer: Any = await call.read()
            stores.append(answer.result.quote.lines[0].store)
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF

    assert stores == ["US", "EU"]


async def test_a_refused_request_does_not_end_the_stream() -> None:
    async with running(service_with(refuses_xx)) as server:
        call = server.fees.StreamQuoteFees(streaming(asking("XX"), None, asking("US")))
        refused, missing, quoted = [answer.result async for answer in call]

    assert unpacked(refused.error)["BadRequest"].field_violations[0].reason == "STORE_UNKNOWN"
    violation = unpacked(missing.error)["BadRequest"].field_violations[0]
    assert (violation.field, violation.reason) == ("request", "REQUEST_REQUIRED")
    assert quoted.quote.lines[0].store == "US"


async def test_a_stream_without_requests_ends_without_answers() -> None:
    async with running() as server:
        assert [answer async for answer in server.fees.StreamQuoteFees(streaming())] == []


async def test_a_slow_reader_holds_the_stream_back() -> None:
    """Nobody reads: the answers fill gRPC's window and then no further request is taken up, whatever was sent."""
    asked = Asked(lambda request: replace(quote_of(request), policy_version="5" * 100_000))
    count = 400
    async with running(service_with(asked)) as server:
        call = server.fees.StreamQuoteFees(streaming(*[asking("US")] * count))
        quoted = await standstill(server, asked)
        answers = [answer async for answer in call]

    assert 0 < quoted < count
    assert len(answers) == len(asked.requests) == count


def a_schedule(day: str) -> FeeSchedule:
    """A store and three plans, one for each way to split."""
    name = Text({"en": "United States", "zh-CN": "美国"})
    region = Region("north_america", Text({"en": "North America", "zh-CN": "北美洲"}))
    terms = DatedEntry(date(2010, 1, 1), date(2020, 12, 31), StoreTerms(Money(3999, USD), ("US", "UM")))
    store = Store("US", name, region, Dated((terms,)))
    splits = (ByStandardFee(), Equally(), OnOneStore(("home",)))
    entries = [DatedEntry(date(2012, 1, 1), None, PlanTerms(Money(3999, USD), split)) for split in splits]
    plans = tuple((Plan(f"plan-{number}", name, Dated((entry,))), entry) for number, entry in enumerate(entries))
    return FeeSchedule(DAY, ((store, terms),), plans, VERSION)


async def test_the_schedule_shows_stores_and_plans_in_the_language_of_the_call() -> None:
    asked = Asked(a_schedule)
    async with running(service_with(get_fee_schedule=asked)) as server:
        schedule = await server.fees.GetFeeSchedule(contract.GetFeeScheduleRequest(day="2019-09-30"), metadata=CHINESE)

    assert asked.requests == ["2019-09-30"]
    store, plan = schedule.stores[0], schedule.plans[0]
    assert (store.code, store.name, store.region, store.region_name) == ("US", "美国", "north_america", "北美洲")
    assert (list(store.countries), store.standard_fee.units) == (["US", "UM"], 39)
    assert (store.holds_from, store.holds_through) == ("2010-01-01", "2020-12-31")
    assert (plan.id, plan.name, plan.cap.nanos) == ("plan-0", "美国", 990_000_000)
    assert (plan.holds_from, plan.holds_through, schedule.policy_version) == ("2012-01-01", "", VERSION)
    assert [plan.split for plan in schedule.plans] == [
        contract.SPLIT_BY_STANDARD_FEE,
        contract.SPLIT_EQUALLY,
        contract.SPLIT_ON_ONE_STORE,
    ]
