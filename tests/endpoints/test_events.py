"""EventService over a real channel: what a subscriber is told of a real database, whatever ends its calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import grpc
import pytest

from linkedaccounts.application.callers import Caller, Callers, CallersKeeper, Scope
from linkedaccounts.client import (
    AsyncClient,
    InvalidRequest,
    LinkedAccountsError,
    NotPermitted,
    Overloaded,
    PreconditionFailed,
    Unavailable,
)
from linkedaccounts.domain.events import Event, EventKind, StatusChanged
from linkedaccounts.endpoints.service import KeptEvents
from linkedaccounts.storage.event_log import SqlCursor, SqlEventLog
from linkedaccounts.storage.event_removal import remove_events
from linkedaccounts.storage.sql_storage import SqlStorage
from linkedaccounts.v1 import event_service_pb2 as contract
from linkedaccounts.v1 import fee_quote_service_pb2 as fees
from linkedaccounts.v1.event_service_pb2 import SubscribeRequest, SubscribeResponse
from linkedaccounts.v1.event_service_pb2_grpc import EventServiceStub
from tests.application.events.happenings import AT, one_of
from tests.endpoints.details import refusal_of
from tests.endpoints.running import Asked, Running, quote_of, running, service_with
from tests.storage.databases import Database

Serve = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture
def serve(storage: SqlStorage) -> Serve:
    """Runs a server whose events are those of the database, with settings."""

    def serving(callers: CallersKeeper | None = None, **settings: Any) -> AbstractAsyncContextManager[Running]:
        service = service_with(Asked(quote_of), callers=callers)
        events = KeptEvents(SqlEventLog(storage), SqlCursor(storage))
        return running(replace(service, events=events), settings)

    return serving


def tell(storage: SqlStorage, *accounts: str) -> None:
    for account in accounts:
        event = Event(account, AT, StatusChanged(account, "US", None, "active"))
        storage.write(lambda tx: tx.tell(event))  # noqa: B023 - called at once


def numbered(numbers: range) -> list[str]:
    return [f"account {number}" for number in numbers]


async def heard(telling: AsyncIterator[SubscribeResponse], count: int) -> list[contract.Event]:
    """The next so many events."""
    found: list[contract.Event] = []
    while len(found) < count:
        told = await anext(telling)
        found += [told.event] if told.HasField("event") else []
    return found


def sellers(events: list[contract.Event]) -> list[str]:
    return [event.seller_id for event in events]


async def test_what_happened_and_then_what_happens_is_told_as_the_contract_says(
    serve: Serve, storage: SqlStorage
) -> None:
    for kind in EventKind:
        storage.write(lambda tx: tx.tell(one_of(kind)))  # noqa: B023 - called at once
    async with serve() as server:
        call = server.events.Subscribe(SubscribeRequest())
        telling = aiter(call)
        first = await anext(telling)
        events = await heard(telling, len(EventKind))
        tell(storage, "later")
        (later,) = await heard(telling, 1)
        call.cancel()

    assert (first.position, first.HasField("event")) == (0, False)
    assert [contract.EventKind.Name(event.kind) for event in events] == [f"EVENT_KIND_{k.name}" for k in EventKind]
    assert [event.WhichOneof("what") for event in events] == [kind.value for kind in EventKind]
    assert [event.position for event in (*events, later)] == list(range(1, len(EventKind) + 2))
    assert events[0].happened_at.ToDatetime(AT.tzinfo) == AT
    (refund,) = (event.refunded for event in events if event.WhichOneof("what") == "refunded")
    assert (refund.amount.units, refund.amount.nanos, refund.amount.currency_code) == (0, -790_000_000, "USD")
    assert later.status_changed.account_id == "later"


async def test_a_follower_whose_server_dies_and_comes_back_misses_nothing(serve: Serve, storage: SqlStorage) -> None:
    tell(storage, *numbered(range(40)))
    async with serve() as server:
        port = int(server.target.rpartition(":")[2])
        client = AsyncClient(f"localhost:{port}")
        ended: list[LinkedAccountsError | None] = []
        following = client.events.follow(interrupted=lambda error, _seconds: ended.append(error))
        before = await heard(following, 25)
        await server.server.stop()  # in the middle of a call, as when a machine is gone
    tell(storage, *numbered(range(40, 60)))
    async with serve(port=port):
        after = await heard(following, 35)
        await following.aclose()
        await client.close()

    assert sellers(before + after) == numbered(range(60))
    assert [event.position for event in before + after] == list(range(1, 61))
    assert isinstance(ended[0], Unavailable)


async def test_a_subscriber_that_dies_goes_on_from_the_position_that_it_kept(serve: Serve, storage: SqlStorage) -> None:
    tell(storage, *numbered(range(30)))
    dealt_with: list[str] = []
    kept = 0
    async with serve() as server:
        for _ in range(6):
            async with grpc.aio.insecure_channel(server.target) as channel:
                telling = EventServiceStub(channel).Subscribe(SubscribeRequest(after_position=kept))
                for event in await heard(aiter(telling), 5):
                    dealt_with.append(event.seller_id)
                    kept = event.position

    assert dealt_with == numbered(range(30))


async def test_a_server_that_drains_ends_streams_so_that_they_are_resumed(serve: Serve, storage: SqlStorage) -> None:
    tell(storage, "a")
    async with serve() as server:
        call = server.events.Subscribe(SubscribeRequest())
        assert sellers(await heard(aiter(call), 1)) == ["a"]
        draining = asyncio.ensure_future(server.server.drain(0))
        code, details = await refusal_of(_rest(call))
        await draining
    (line,) = server.lines()

    assert code == grpc.StatusCode.UNAVAILABLE
    assert details["ErrorInfo"].reason == "SERVICE_STOPPING"
    assert details["RetryInfo"].retry_delay.ToTimedelta() == timedelta(seconds=1)
    assert (line["method"], line["status"]) == ("/linkedaccounts.v1.EventService/Subscribe", "UNAVAILABLE")
    assert server.tally.subscribers == 0


async def _rest(call: Any) -> None:
    async for _ in call:
        pass


async def test_there_is_room_for_so_many_subscribers_and_it_is_none_that_quotes_need(
    serve: Serve, storage: SqlStorage
) -> None:
    async with serve(max_subscribers=2, max_concurrent_calls=1) as server, AsyncClient(server.target) as client:
        first, second = (client.events.follow(from_now=True) for _ in range(2))
        await anext(first)
        await anext(second)
        with pytest.raises(Overloaded) as refused:
            await anext(client.events.follow())
        await server.fees.QuoteFees(fees.QuoteFeesRequest())
        await first.aclose()
        while server.tally.subscribers > 1:  # noqa: ASYNC110 - a counter has no event to wait on
            await asyncio.sleep(0.01)
        async with aclosing(client.events.follow()) as third:
            assert not (await anext(third)).HasField("event")
        await second.aclose()

    assert refused.value.reason == "TOO_MANY_SUBSCRIBERS"
    assert refused.value.retry_after == timedelta(seconds=5)


async def test_only_a_caller_with_the_scope_is_told(serve: Serve, storage: SqlStorage) -> None:
    tell(storage, "a")
    known = [Caller("mail", frozenset({Scope.EVENTS})), Caller("portal", frozenset({Scope.ACCOUNTS}))]
    callers = Callers({sha256(caller.name.encode()).digest(): caller for caller in known}, {})
    async with serve(CallersKeeper(lambda: callers)) as server:
        async with AsyncClient(server.target, token="mail") as client, aclosing(client.events.follow()) as following:
            assert sellers(await heard(following, 1)) == ["a"]
        for token in ("portal", ""):
            async with AsyncClient(server.target, token=token) as client:
                with pytest.raises(NotPermitted):
                    await anext(client.events.follow())


async def test_only_what_is_asked_for_is_told_and_the_position_passes_over_the_rest(
    serve: Serve, storage: SqlStorage
) -> None:
    tell(storage, "a", "b", "a")
    storage.write(lambda tx: tx.tell(one_of(EventKind.POLICY_CHANGED)))
    async with serve() as server, AsyncClient(server.target) as client:
        async with aclosing(client.events.follow(account_ids=["a"])) as of_a:
            assert [event.position for event in await heard(of_a, 2)] == [1, 3]
        async with aclosing(client.events.follow(1, kinds=["policy_changed"])) as of_policy:
            assert [event.position for event in await heard(of_policy, 1)] == [4]
        async with aclosing(client.events.follow(from_now=True)) as from_now:
            assert (await anext(from_now)).position == 4
        with pytest.raises(ValueError, match="EVENT_KIND_NONE"):
            await anext(client.events.follow(kinds=["none"]))


async def test_who_cannot_be_told_everything_is_told_why(serve: Serve, storage: SqlStorage, database: Database) -> None:
    tell(storage, "a", "b", "c")
    async with serve() as server, AsyncClient(server.target) as client:
        with pytest.raises(InvalidRequest) as invalid:
            await anext(client.events.follow(-1))
        with pytest.raises(PreconditionFailed) as unknown:
            await anext(client.events.follow(4))
        assert sum(remove_events(database.owner_url, AT + timedelta(days=1))) == 3
        with pytest.raises(PreconditionFailed) as removed:
            await anext(client.events.follow(2))

    assert [(one.field, one.reason) for one in invalid.value.problems] == [("after_position", "POSITION_INVALID")]
    assert (unknown.value.reason, unknown.value.metadata["newest"]) == ("POSITION_NOT_REACHED", "3")
    assert (removed.value.reason, removed.value.metadata["removed"]) == ("EVENTS_REMOVED", "3")
