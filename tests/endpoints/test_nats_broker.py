"""Events in a real NATS server: all of them, in order, by kind, once, though the server goes away in the middle."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.protobuf import json_format

from linkedaccounts.application.events.ports import BrokerUnreachable, Placed
from linkedaccounts.application.events.publish_events import PublishEvents
from linkedaccounts.domain.events import Event, EventKind, StatusChanged
from linkedaccounts.endpoints.event_response import event_of
from linkedaccounts.endpoints.nats_broker import NatsBroker
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.storage.event_log import SqlCursor, SqlEventLog
from linkedaccounts.storage.sql_storage import SqlStorage
from linkedaccounts.v1 import event_service_pb2 as contract
from tests.application.events.happenings import AT, one_of
from tests.endpoints.nats_server import NatsServer, nats_server, needs_nats

pytestmark = needs_nats


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    async with nats_server(tmp_path / "jetstream") as running:
        yield running


def placed(position: int, kind: EventKind = EventKind.STATUS_CHANGED) -> Placed:
    return Placed(position, one_of(kind))


def publishing(storage: SqlStorage, server: NatsServer, tally: Tally) -> PublishEvents:
    """As a process of the service does, but it waits for no longer than the loop's next turn after a failure."""

    async def soon(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.02))

    log, cursor = SqlEventLog(storage), SqlCursor(storage)
    return PublishEvents(log, cursor, NatsBroker(server.url), "one", lambda: datetime.now(UTC), tally, soon)


def tell(storage: SqlStorage, numbers: range) -> None:
    for number in numbers:
        event = Event("a", AT, StatusChanged("a", "US", None, str(number)))
        storage.write(lambda tx: tx.tell(event))  # noqa: B023 - called at once


async def test_each_kind_has_its_subject_and_a_message_is_the_contracts_json(server: NatsServer) -> None:
    broker = NatsBroker(server.url)
    for position, kind in enumerate(EventKind, 1):
        await broker.publish(placed(position, kind))
    await broker.close()

    messages = await server.messages(len(EventKind))
    assert [message.subject for message in messages] == [f"linkedaccounts.{kind.value}" for kind in EventKind]
    for position, (kind, message) in enumerate(zip(EventKind, messages, strict=True), 1):
        assert json_format.Parse(message.data, contract.Event()) == event_of(placed(position, kind))
        assert (message.headers or {})["Nats-Msg-Id"] == str(position)
        assert (message.headers or {})["Linked-Accounts-Seller"] == one_of(kind).seller
    (charged,) = await server.messages(1, "linkedaccounts.charged")
    assert json.loads(charged.data)["charged"]["charges"][0]["amount"] == {
        "currencyCode": "JPY",
        "units": "2299",
        "nanos": 0,
    }


async def test_what_is_published_again_after_a_crash_is_there_once(server: NatsServer) -> None:
    for positions in ((1, 2), (1, 2, 2, 3)):  # the second process cannot know how far the first one got
        broker = NatsBroker(server.url)
        for position in positions:
            await broker.publish(placed(position))
        await broker.close()

    assert [json.loads(message.data)["position"] for message in await server.messages(3)] == ["1", "2", "3"]


async def test_a_server_that_is_not_there_is_named_and_no_secret_with_it(tmp_path: Path) -> None:
    async with nats_server(tmp_path / "jetstream") as server:
        server.kill()
        secret = tmp_path / "secret"
        secret.write_text("ann:hush-hush")
        with pytest.raises(BrokerUnreachable, match=f"127.0.0.1:{server.port}: ConnectionRefused") as failed:
            await NatsBroker(server.url, secret).publish(placed(1))

    assert "hush" not in str(failed.value)


async def test_who_is_not_let_in_is_told_and_with_the_file_is_let_in(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    async with nats_server(tmp_path / "jetstream", "--user", "ann", "--pass", "hush", password="hush") as server:
        secret.write_text("ann:wrong")
        broker = NatsBroker(server.url, secret)
        with pytest.raises(BrokerUnreachable, match=r"(?i)authorization"):
            await broker.publish(placed(1))
        secret.write_text("ann:hush\n")
        await broker.publish(placed(1))
        await broker.close()

        assert len(await server.messages(1)) == 1


async def test_without_jetstream_nothing_counts_as_published(tmp_path: Path) -> None:
    async with nats_server(tmp_path / "jetstream", "-js=false") as server:
        with pytest.raises(BrokerUnreachable):
            await NatsBroker(server.url).publish(placed(1))


async def test_all_arrive_in_order_though_the_server_is_killed_in_the_middle_and_comes_back(
    server: NatsServer, storage: SqlStorage
) -> None:
    tally = Tally()
    tell(storage, range(300))
    running = asyncio.ensure_future(publishing(storage, server, tally).run())
    await server.messages(40)
    server.kill()
    while not tally.events["broker_unreachable"]:  # noqa: ASYNC110 - a counter has no event to wait on
        await asyncio.sleep(0.01)
    await asyncio.to_thread(tell, storage, range(300, 330))
    await server.start()

    messages = await server.messages(330)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [json.loads(message.data)["position"] for message in messages] == [str(n) for n in range(1, 331)]
    assert tally.events_waiting >= 0
