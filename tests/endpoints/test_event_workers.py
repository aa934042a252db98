"""Events of `serve --workers 2`: every worker tells all of them, and a broker gets each in order, once."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack, aclosing, closing
from pathlib import Path

from sqlalchemy import select

from linkedaccounts.client import AsyncClient
from linkedaccounts.storage.event_tables import BROKER, EVENT_CURSORS
from linkedaccounts.storage.opening import open_storage, viewing
from tests.endpoints.nats_server import nats_server, needs_nats
from tests.endpoints.test_events import heard, tell
from tests.endpoints.test_process import serving

SUBSCRIBERS = 8
"""Each on a connection of its own, which the system gives to either worker."""


@needs_nats
async def test_every_worker_tells_all_and_one_of_them_publishes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'accounts.db'}"
    with closing(open_storage(url)) as storage:
        tell(storage, *"abc")
        async with nats_server(tmp_path / "jetstream") as broker, AsyncExitStack() as open_until_the_end:
            flags = ("--workers", "2", "--database", url, "--events-to", broker.url)
            service = open_until_the_end.enter_context(serving(tmp_path, *flags, event="supervising"))
            followings = []
            for _ in range(SUBSCRIBERS):
                client = await open_until_the_end.enter_async_context(AsyncClient(service.target))
                kinds = ["status_changed"]  # the supervisor notes its policy at some moment, which is told too
                following = client.events.follow(kinds=kinds)
                followings.append(await open_until_the_end.enter_async_context(aclosing(following)))
                assert [event.seller_id for event in await heard(following, 3)] == [*"abc"]
            tell(storage, *"de")
            later = [[event.seller_id for event in await heard(following, 2)] for following in followings]
            published = [json.loads(message.data) for message in await broker.messages(6)]

    assert later == [["d", "e"]] * SUBSCRIBERS
    assert [event["position"] for event in published] == ["1", "2", "3", "4", "5", "6"]
    assert [event["sellerId"] for event in published if event["kind"] == "EVENT_KIND_STATUS_CHANGED"] == [*"abcde"]


@needs_nats
async def test_a_service_that_stops_lets_another_publish_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'accounts.db'}"
    cursor = select(EVENT_CURSORS.c.position, EVENT_CURSORS.c.holder).where(EVENT_CURSORS.c.name == BROKER)
    with closing(open_storage(url)) as storage:
        tell(storage, *"abc")
    async with nats_server(tmp_path / "jetstream") as broker:
        with serving(tmp_path, "--database", url, "--events-to", broker.url) as service:
            await broker.messages(3)
            assert service.end() == 0
    with viewing(url) as connection:
        position, holder = connection.execute(cursor).one()

    assert (position >= 3, holder) == (True, None)
