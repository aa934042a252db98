"""Follows the events for whoever wants to be told, each at a pace of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from linkedaccounts.application.events.ports import EventLog, Extent, Placed
from linkedaccounts.application.events.wanted import Wanted
from linkedaccounts.application.refusals import Exhausted, NotAsThingsStand, Stopping

PAGE = 200
"""So many events a subscriber holds at most; what is not read stays in the database."""
LOOK_SECONDS = 0.5
"""How old what is known of the newest event may be. All subscribers of a process share one look."""
SIGN_OF_LIFE_SECONDS = 10.0
"""The contract promises one every 15: what lies between is for a database that takes its time."""
RETRY_SECONDS = 5.0

InThread = Callable[..., Awaitable[Any]]
"""Does work that waits for the database, and its arguments, elsewhere than on the event loop."""


class Subscribers(Protocol):
    """Counts who is being told."""

    subscribers: int


class EventFeed:
    """What the subscribers of a process are told; at most ``most`` at once, of whom each waits without a thread."""

    def __init__(
        self,
        log: EventLog,
        most: int,
        count: Subscribers,
        in_thread: InThread = asyncio.to_thread,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._most = most
        self._count = count
        self._in_thread = in_thread
        self._clock = clock
        self._stopping = asyncio.Event()
        self._one_looks = asyncio.Lock()
        self._extent = Extent(0, 0)
        self._looked: float | None = None

    @contextmanager
    def place(self) -> Iterator[None]:
        """A subscriber's place, while it lasts; Exhausted if all are taken, Stopping."""
        self._check_going_on()
        if self._count.subscribers >= self._most:
            values = {"limit": str(self._most), "retry_after": str(RETRY_SECONDS)}
            raise Exhausted("TOO_MANY_SUBSCRIBERS", values, RETRY_SECONDS)
        self._count.subscribers += 1
        try:
            yield
        finally:
            self._count.subscribers -= 1

    async def follow(self, wanted: Wanted) -> AsyncGenerator[tuple[int, Placed | None], None]:
        """Positions through which all that is wanted was given, each with its event or as a sign of life; endless.

        The first is a sign of life at once. InvalidRequest, NotAsThingsStand, TryAgain, Stopping.
        """
        wanted.check()
        position = await self._begin(wanted)
        yield position, None
        said = self._clock()
        while True:
            for placed in (page := await self._page(position)):
                position = placed.position
                if wanted.wants(placed.event):
                    yield position, placed
                    said = self._clock()
            if not page:
                await self._wait()
            self._check_going_on()
            if self._clock() - said >= SIGN_OF_LIFE_SECONDS:
                yield position, None
                said = self._clock()

    def stop(self) -> None:
        """Ends everybody's stream with Stopping, once what is being sent is sent."""
        self._stopping.set()

    async def _begin(self, wanted: Wanted) -> int:
        extent = await self._newest_after(wanted.after, anew=True)
        if wanted.from_now:
            return extent.newest
        if wanted.after > extent.newest:
            values = {"position": str(wanted.after), "newest": str(extent.newest)}
            raise NotAsThingsStand("POSITION_NOT_REACHED", values)
        if 0 < wanted.after < extent.removed:
            raise _removed(extent.removed)
        return max(wanted.after, extent.removed)

    async def _page(self, position: int) -> Sequence[Placed]:
        if (await self._newest_after(position)).newest <= position:
            return ()
        page: Sequence[Placed] = await self._in_thread(self._log.after, position, PAGE)
        if not page or page[0].position != position + 1:  # they were taken away while this subscriber did not read
            extent = await self._newest_after(position, anew=True)
            raise _removed(extent.removed)
        return page

    async def _newest_after(self, position: int, *, anew: bool = False) -> Extent:
        """Looks again if nothing after the position is known of, and nobody looked just now."""
        async with self._one_looks:
            old = self._looked is None or self._clock() - self._looked >= LOOK_SECONDS
            if anew or (self._extent.newest <= position and old):
                self._extent = await self._in_thread(self._log.extent)
                self._looked = self._clock()
            return self._extent

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), LOOK_SECONDS)

    def _check_going_on(self) -> None:
        if self._stopping.is_set():
            raise Stopping(1.0)


def _removed(through: int) -> NotAsThingsStand:
    return NotAsThingsStand("EVENTS_REMOVED", {"removed": str(through)})
