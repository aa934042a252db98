"""EventService: parse, follow, render."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from linkedaccounts.application.events.follow_events import EventFeed
from linkedaccounts.application.events.ports import EventLog
from linkedaccounts.application.events.wanted import MOST_ACCOUNTS, Wanted
from linkedaccounts.endpoints.enum_names import name_of
from linkedaccounts.endpoints.event_response import KINDS, subscribe_response
from linkedaccounts.endpoints.tally import SENT, Tally
from linkedaccounts.settings import Settings
from linkedaccounts.v1 import event_service_pb2 as contract
from linkedaccounts.v1.event_service_pb2_grpc import EventServiceServicer

EVENT_THREADS = 2
"""For all subscribers of a process: they never wait for the threads of sellers' calls, nor those for them."""


@dataclass(frozen=True, slots=True)
class Events(EventServiceServicer):
    """Tells subscribers what ``feed`` follows."""

    feed: EventFeed
    tally: Tally

    async def Subscribe(
        self, request: contract.SubscribeRequest, context: Any
    ) -> AsyncIterator[contract.SubscribeResponse]:
        with self.feed.place():
            async with aclosing(self.feed.follow(_wanted(request))) as following:
                async for position, placed in following:
                    self.tally.events[SENT] += placed is not None
                    yield subscribe_response(position, placed)


def feed_of(log: EventLog, settings: Settings, tally: Tally) -> EventFeed:
    """What the subscribers of this process are told, read on threads of its own."""
    pool = ThreadPoolExecutor(EVENT_THREADS, thread_name_prefix="events")

    async def in_thread(work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(pool, work, *given)

    return EventFeed(log, settings.max_subscribers, tally, in_thread)


def _wanted(request: contract.SubscribeRequest) -> Wanted:
    """As stated; of kinds that are not stated there is nothing to say, as of a number that there is not."""
    kinds = tuple(name_of(kind, KINDS) or str(kind) for kind in request.kinds)
    accounts = tuple(request.account_ids[: MOST_ACCOUNTS + 1])
    return Wanted(request.after_position, request.from_now, kinds, accounts)
