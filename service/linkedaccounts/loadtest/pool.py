"""Several connections to one service, kept open, and the calls that wait for room on one of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from linkedaccounts.loadtest.calls import Call
from linkedaccounts.loadtest.connection import Connection
from linkedaccounts.loadtest.frames import BadFrame
from linkedaccounts.loadtest.headers import StatusReader

Dial = Callable[[Callable[[], Connection]], Awaitable[object]]
"""Opens a connection for the protocol that it is given; OSError if that fails."""

SETTLED_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 1.0
GREETING_SECONDS = 5.0


@dataclass(slots=True)
class Events:
    """What happened to connections, and how many calls had to wait for room on one; ``broken`` ended without notice."""

    reconnects: int = 0
    broken: int = 0
    goaways: int = 0
    resets: int = 0
    held_back: int = 0


class Pool:
    """Sends calls over all its connections in turn, and opens another for each that is lost or left.

    ``on_end`` gets every call once, with its status.
    """

    def __init__(self, dial: Dial, size: int, on_end: Callable[[Call, str], None]) -> None:
        self.events = Events()
        self.ended = on_end
        self._dial = dial
        self._size = size
        self._statuses = StatusReader()
        self._waiting: deque[Call] = deque()
        self._open: deque[Connection] = deque()
        self._leaving: list[Connection] = []
        self._keepers: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Opens all connections; OSError if one cannot be, BadFrame if what answers speaks no HTTP/2."""
        connections = await asyncio.gather(*(self._connected() for _ in range(self._size)))
        self._open.extend(connections)
        self._keepers = [asyncio.create_task(self._keep(connection)) for connection in connections]

    async def close(self) -> None:
        """Ends all connections."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for connection in (*self._open, *self._leaving):
            connection.close()

    @property
    def unfinished(self) -> int:
        """How many calls wait or are on their way."""
        return len(self._waiting) + sum(len(each.calls) for each in (*self._open, *self._leaving))

    def offer(self, call: Call) -> None:
        """A call to send as soon as there is room; ``dispatch`` sends it."""
        self._waiting.append(call)

    def dispatch(self, fresh: int = 0) -> None:
        """Sends what there is room for; of ``fresh``, the calls offered last, it counts those that have to wait."""
        if not self._waiting:
            return
        self._begin_calls()
        self.events.held_back += min(fresh, len(self._waiting))
        for connection in self._open:
            connection.flush()

    def expire(self, due_before: float) -> None:
        """Calls that were due before a moment and have no answer yet are DEADLINE_EXCEEDED."""
        while self._waiting and self._waiting[0].due < due_before:
            self.ended(self._waiting.popleft(), "DEADLINE_EXCEEDED")
        for connection in (*self._open, *self._leaving):
            for call in connection.expire(due_before):
                self.ended(call, "DEADLINE_EXCEEDED")
            connection.flush()

    def was_reset(self) -> None:
        """A call was ended by RST_STREAM."""
        self.events.resets += 1

    def broke(self) -> None:
        """A connection ended without notice."""
        self.events.broken += 1

    def moved(self) -> None:
        """There may be room for calls that wait."""
        self.dispatch()

    def unserved(self, calls: list[Call]) -> None:
        """A GOAWAY: what the server never began with goes out again elsewhere, due when it was."""
        self.events.goaways += 1
        self._waiting.extendleft(reversed(calls))

    def _begin_calls(self) -> None:
        waiting = self._waiting
        while waiting and (free := [each for each in self._open if each.room > 0]):
            share = -(-len(waiting) // len(free))
            for connection in free:
                for _ in range(min(share, len(waiting))):
                    if connection.room <= 0:
                        break
                    connection.begin(waiting.popleft())
        self._open.rotate(1)

    async def _connected(self) -> Connection:
        connections: list[Connection] = []

        def protocol() -> Connection:
            connections.append(Connection(self, self._statuses))
            return connections[-1]

        await self._dial(protocol)
        try:
            await asyncio.wait_for(connections[0].ready, GREETING_SECONDS)
        except TimeoutError:
            connections[0].close()
            raise ConnectionError("the server does not greet as HTTP/2 does") from None
        return connections[0]

    async def _keep(self, connection: Connection) -> None:
        """Replaces one connection for as long as the pool is open; waits longer each time if none stays."""
        loop, wait = asyncio.get_running_loop(), 0.0
        while True:
            opened = loop.time()
            await connection.left
            self._open.remove(connection)
            self._leaving = [each for each in (*self._leaving, connection) if each.calls]
            wait = 0.0 if loop.time() - opened > SETTLED_SECONDS else wait
            while (replaced := await self._replaced(wait)) is None:
                wait = min(LONGEST_WAIT_SECONDS, 2 * wait or 0.05)
            connection, wait = replaced, min(LONGEST_WAIT_SECONDS, 2 * wait or 0.05)
            self.events.reconnects += 1
            self._open.append(connection)
            self.moved()

    async def _replaced(self, wait: float) -> Connection | None:
        await asyncio.sleep(wait)
        try:
            return await self._connected()
        except (OSError, BadFrame):
            self._fail_waiting()
            return None

    def _fail_waiting(self) -> None:
        """Nobody serves: as a gRPC client does, calls fail at once rather than wait."""
        if not self._open:
            failed, self._waiting = self._waiting, deque()
            for call in failed:
                self.ended(call, "UNAVAILABLE")
