"""Tells a broker every event, in order and at least once, by one process of all at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

import structlog

from linkedaccounts.application.events.ports import Broker, BrokerUnreachable, Cursor, EventLog
from linkedaccounts.application.refusals import Refusal

PAGE = 200
HELD_FOR = timedelta(seconds=30)
"""So long after a process has died another one takes over. Clocks of machines may differ by less than this."""
KEPT_EVERY = timedelta(seconds=5)
"""So often how far it got is kept. What was published since is published again after a crash."""
LOOK_SECONDS = 0.5
OTHERS_LOOK_SECONDS = 5.0
"""How often those look who do not publish, whether they are to take over."""
LONGEST_WAIT_SECONDS = 30.0
PUBLISHED, UNREACHABLE = "published", "broker_unreachable"


class Told(Protocol):
    """Counts what became of events, and how many the broker lacks, by whoever publishes."""

    events: Counter[str]
    events_waiting: int


class Held(NamedTuple):
    """Up to where the broker has the events, and until when no other process publishes."""

    position: int
    until: datetime


@dataclass
class PublishEvents:
    """The use case of one process; ``holder`` names it among all others."""

    log: EventLog
    cursor: Cursor
    broker: Broker
    holder: str
    now: Callable[[], datetime]
    told: Told
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    failures: int = field(default=0, init=False)
    held: Held | None = field(default=None, init=False)

    async def run(self) -> None:
        """Publishes what comes, until it is cancelled; a broker that is away is tried again, and nobody waits."""
        try:
            while True:
                await self.pause(await self._step_or_wait())
        finally:
            await self._let_others()
            await self.broker.close()

    async def step(self) -> float:
        """Publishes all that there is, if no other process does; returns after how many seconds to look again.

        BrokerUnreachable; what was published until then is kept as published.
        """
        if (position := await self._begin()) is None:
            self.told.events_waiting = 0
            return OTHERS_LOOK_SECONDS
        newest = (await asyncio.to_thread(self.log.extent)).newest
        while position < newest:
            self.told.events_waiting = newest - position
            position = await self._publish_some(position)
            if position is None:
                return OTHERS_LOOK_SECONDS
        self.told.events_waiting = 0
        return LOOK_SECONDS

    async def _begin(self) -> int | None:
        """Where to go on. The cursor is asked only when it must be: nothing is written while nothing happens."""
        now = self.now()
        if self.held is not None and now < self.held.until - HELD_FOR / 2:
            return self.held.position
        position = await asyncio.to_thread(self.cursor.take, self.holder, now, now + HELD_FOR)
        self.held = None if position is None else Held(position, now + HELD_FOR)
        return position

    async def _publish_some(self, position: int) -> int | None:
        """How far it got; None if another process has taken over meanwhile."""
        kept, kept_at = position, self.now()
        try:
            for placed in await asyncio.to_thread(self.log.after, position, PAGE):
                await self.broker.publish(placed)
                position = placed.position
                self.told.events[PUBLISHED] += 1
                if self.now() - kept_at >= KEPT_EVERY:
                    break
        except BaseException:
            if position > kept:
                await self._keep(position)
            raise
        return position if await self._keep(position) else None

    async def _keep(self, position: int) -> bool:
        until = self.now() + HELD_FOR
        self.held = None
        moved = await asyncio.to_thread(self.cursor.move, self.holder, position, until)
        self.held = Held(position, until) if moved else None
        return moved

    async def _step_or_wait(self) -> float:
        said = structlog.get_logger()
        try:
            wait = await self.step()
        except (BrokerUnreachable, Refusal) as error:
            self.failures += 1
            if isinstance(error, BrokerUnreachable):
                self.told.events[UNREACHABLE] += 1
                await self._let_others()
            if self.failures == 1:  # else each attempt would say it again
                said.warning("events_not_published", problem=str(error))
            return min(LONGEST_WAIT_SECONDS, 2.0 ** min(self.failures - 1, 10))
        except Exception:  # noqa: BLE001 - whatever it is, the service goes on
            said.exception("events_not_published")
            return LONGEST_WAIT_SECONDS
        if self.failures:
            said.info("events_published_again", attempts=self.failures)
        self.failures = 0
        return wait

    async def _let_others(self) -> None:
        """Another process goes on at once: its machine may reach the broker, or this one stops."""
        self.held = None
        try:
            await asyncio.to_thread(self.cursor.release, self.holder)
        except Refusal:
            return  # it is free anyway once it is not held any longer
