"""Both clients, by the same tests, over a real channel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from linkedaccounts.client import Account, AsyncClient, Client, quote_request
from linkedaccounts.v1.facts_pb2 import SellingPlan
from linkedaccounts.v1.fee_quote_service_pb2 import GetFeeScheduleResponse, QuoteFeesRequest, StoreAccount
from linkedaccounts.v1.policy_service_pb2 import ExplainRequest
from tests.client.conftest import Either
from tests.client.fake_service import FakeService

US = Account("US", registered_on="2018-01-15")


def a_request(store: str) -> QuoteFeesRequest:
    return quote_request([Account(store, registered_on="2018-01-15")], day="2019-09-30")


async def test_a_quote_is_asked_with_all_that_the_caller_states(service: FakeService, either: Either) -> None:
    accounts: list[Account | StoreAccount] = [
        Account("US", date(2018, 1, 15), date(2018, 3, 1), 12, "professional", suspended=True, on_vacation=True),
        StoreAccount(store="EU", registered_on="2018-01-16"),
    ]
    client = either.client(service)
    quote = await either.ask(
        client.quote_fees, accounts, day=date(2019, 9, 30), linked=True, home_store="US", explain=True
    )
    assert [line.store for line in quote.lines] == ["US", "EU"]
    assert service.seen[0].request == QuoteFeesRequest(
        day="2019-09-30",
        linked=True,
        home_store="US",
        explain=True,
        stores=[
            StoreAccount(
                store="US",
                registered_on="2018-01-15",
                linked_on="2018-03-01",
                active_listings=12,
                selling_plan=SellingPlan.SELLING_PLAN_PROFESSIONAL,
                suspended=True,
                on_vacation=True,
            ),
            StoreAccount(store="EU", registered_on="2018-01-16"),
        ],
    )


async def test_a_quote_without_a_day_is_for_the_servers_today(service: FakeService, either: Either) -> None:
    await either.ask(either.client(service).quote_fees, [US])
    assert service.seen[0].request.day == ""


async def test_the_day_of_a_moment_is_what_counts(service: FakeService, either: Either) -> None:
    await either.ask(either.client(service).quote_fees, [US], day=datetime(2019, 9, 30, 12, tzinfo=UTC))
    assert service.seen[0].request.day == "2019-09-30"


async def test_a_selling_plan_that_does_not_exist_is_said_before_a_call(service: FakeService, either: Either) -> None:
    with pytest.raises(ValueError, match="PLATINUM"):
        await either.ask(either.client(service).quote_fees, [Account("US", "2018-01-15", selling_plan="platinum")])
    assert not service.seen


async def test_a_batch_answers_in_the_order_of_its_requests(service: FakeService, either: Either) -> None:
    results = await either.ask(either.client(service).batch_quote_fees, map(a_request, ["US", "EU", "JP"]))
    assert [result.quote.lines[0].store for result in results] == ["US", "EU", "JP"]


async def test_a_stream_answers_in_the_order_of_its_requests(service: FakeService, either: Either) -> None:
    results = await either.ask(either.client(service).stream_quote_fees, map(a_request, ["US", "EU", "JP"]))
    assert [result.quote.lines[0].store for result in results] == ["US", "EU", "JP"]


async def test_a_stream_has_no_deadline_unless_one_is_given(service: FakeService, either: Either) -> None:
    client = either.client(service, timeout=7)
    await either.ask(client.stream_quote_fees, [a_request("US")])
    await either.ask(client.stream_quote_fees, [a_request("US")], timeout=50)
    without, given = [seen.seconds_left for seen in service.seen]
    assert without is None or without > 1e6  # gRPC's word for "for ever" is a far away day
    assert given is not None
    assert 7 < given < 60


async def test_a_callers_own_error_while_it_streams_reaches_it(service: FakeService, either: Either) -> None:
    def requests() -> Iterator[QuoteFeesRequest]:
        yield a_request("US")
        raise LookupError("the caller's database is down")

    with pytest.raises(LookupError, match="database"):
        await either.ask(either.client(service).stream_quote_fees, requests())


async def test_the_asyncio_client_streams_what_is_made_asynchronously(service: FakeService) -> None:
    async def requests() -> AsyncIterator[QuoteFeesRequest]:
        for store in ("US", "EU"):
            yield a_request(store)

    async with AsyncClient(service.target) as client:
        results = [result async for result in client.stream_quote_fees(requests())]
    assert [result.quote.lines[0].store for result in results] == ["US", "EU"]


async def test_an_error_in_asynchronous_requests_reaches_the_caller(service: FakeService) -> None:
    async def requests() -> AsyncIterator[QuoteFeesRequest]:
        yield a_request("US")
        raise LookupError("the caller's database is down")

    async with AsyncClient(service.target) as client:
        with pytest.raises(LookupError, match="database"):
            _ = [result async for result in client.stream_quote_fees(requests())]


def test_a_stream_that_is_not_read_to_its_end_can_be_closed(service: FakeService) -> None:
    def without_end() -> Iterator[QuoteFeesRequest]:
        while True:
            yield a_request("US")

    with Client(service.target) as client:
        results = client.stream_quote_fees(without_end())
        assert next(results).quote.lines[0].store == "US"
        results.close()
        assert client.quote_fees([US]).lines[0].store == "US"


async def test_the_schedule_is_that_of_the_day(service: FakeService, either: Either) -> None:
    service.schedule = lambda day: GetFeeScheduleResponse(day=f"{day}!")
    assert (await either.ask(either.client(service).get_fee_schedule, date(2019, 9, 30))).day == "2019-09-30!"


async def test_the_policy_can_be_asked_for_and_asked_why(service: FakeService, either: Either) -> None:
    assert (await either.ask(either.client(service).get_policy)).version == "abc"
    assert (await either.ask(either.client(service).explain, ExplainRequest())).policy_version == "abc"


async def test_the_policy_that_answers_can_be_rolled_back_and_resumed(service: FakeService, either: Either) -> None:
    client = either.client(service)
    service.versions.previous_version = "abb"
    previous = (await either.ask(client.list_policy_versions)).previous_version
    assert (await either.ask(client.roll_back_policy, previous)).version == "abb"
    assert (await either.ask(client.resume_policy)).version == "abc"


async def test_every_call_carries_the_language_and_a_request_id_of_its_own(
    service: FakeService, either: Either
) -> None:
    client = either.client(service, language="zh-CN")
    for _ in range(2):
        await either.ask(client.quote_fees, [US])
    first, second = [seen.metadata for seen in service.seen]
    assert first["accept-language"] == "zh-CN"
    assert len({first["x-request-id"], second["x-request-id"]}) == 2


async def test_one_call_can_say_otherwise(service: FakeService, either: Either) -> None:
    client = either.client(service, timeout=timedelta(seconds=2))
    await either.ask(client.quote_fees, [US], language="zh-CN", timeout=timedelta(seconds=50), request_id="mine-1")
    seen = service.seen[0]
    assert (seen.metadata["accept-language"], seen.metadata["x-request-id"]) == ("zh-CN", "mine-1")
    assert seen.seconds_left is not None
    assert seen.seconds_left > 2


async def test_every_call_has_a_deadline(service: FakeService, either: Either) -> None:
    await either.ask(either.client(service).quote_fees, [US])
    assert service.seen[0].seconds_left is not None
    assert 0 < service.seen[0].seconds_left < 6


async def test_the_clients_are_closed_by_with(service: FakeService) -> None:
    async with AsyncClient(service.target) as awaited:
        await awaited.quote_fees([US])
    with Client(service.target) as client:
        client.quote_fees([US])
    with pytest.raises(ValueError, match="closed channel"):
        client.quote_fees([US])


async def test_two_clients_do_not_share_a_connection(service: FakeService, either: Either) -> None:
    for client in (either.client(service), either.client(service)):
        await either.ask(client.quote_fees, [US])
        await either.ask(client.quote_fees, [US])
    peers = [seen.peer for seen in service.seen]
    assert peers[0] == peers[1] != peers[2] == peers[3]
