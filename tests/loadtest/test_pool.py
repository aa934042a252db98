"""Over a real network: a server that says what the test wants, frame by frame."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from linkedaccounts.loadtest.calls import Call
from linkedaccounts.loadtest.connection import Connection
from linkedaccounts.loadtest.frames import PREFACE, Flag, FrameReader, Kind, Setting, frame, settings_payload
from linkedaccounts.loadtest.pool import Pool
from tests.loadtest.http2 import a_call, answer

Answer = Callable[["ServerSide", int], None]


class ServerSide(asyncio.Protocol):
    """One connection, as the server has it: ``respond`` gets each whole request's stream."""

    def __init__(self, respond: Answer, limit: int) -> None:
        self._respond, self._limit, self._reader, self._seen = respond, limit, FrameReader(), b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        settings = settings_payload({Setting.MAX_CONCURRENT_STREAMS: self._limit})
        self.transport.write(frame(Kind.SETTINGS, 0, 0, settings))

    def data_received(self, data: bytes) -> None:
        if len(self._seen) < len(PREFACE):
            self._seen += data
            data = self._seen[len(PREFACE) :]
        for kind, flags, stream, _ in self._reader.feed(data):
            if kind == Kind.DATA and flags & Flag.END_STREAM:
                self._respond(self, stream)


@asynccontextmanager
async def a_pool(respond: Answer, limit: int = 100) -> AsyncIterator[tuple[Pool, list[str]]]:
    """A pool of one connection to a server that responds so, and the statuses of the calls that ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: ServerSide(respond, limit), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    statuses: list[str] = []

    async def dial(protocol: Callable[[], Connection]) -> object:
        return await loop.create_connection(protocol, "127.0.0.1", port)

    pool = Pool(dial, 1, lambda _call, status: statuses.append(status))
    await pool.open()
    async with server:
        yield pool, statuses
        await pool.close()


async def all_ended(pool: Pool) -> None:
    async with asyncio.timeout(5):
        while pool.unfinished:  # noqa: ASYNC110  # the pool tells nobody that nothing is left
            await asyncio.sleep(0.001)


def offer(pool: Pool, *calls: Call) -> None:
    for call in calls:
        pool.offer(call)
    pool.dispatch(len(calls))


async def test_calls_wait_for_room_and_are_counted_as_held_back() -> None:
    async with a_pool(lambda side, stream: side.transport.write(answer(stream)), limit=2) as (pool, statuses):
        offer(pool, *(a_call() for _ in range(10)))
        assert pool.events.held_back == 8
        await all_ended(pool)

    assert statuses == ["OK"] * 10


async def test_a_goaway_loses_no_call_and_what_the_server_never_began_goes_out_again() -> None:
    def respond(side: ServerSide, stream: int) -> None:
        if stream == 1:
            side.transport.write(answer(stream))
            side.transport.write(frame(Kind.GOAWAY, 0, 0, (1).to_bytes(4, "big") + bytes(4)))
        # Later streams of the connection are never answered; the client opens another.

    async with a_pool(respond) as (pool, statuses):
        offer(pool, *(a_call() for _ in range(4)))
        await all_ended(pool)

    assert statuses == ["OK"] * 4
    assert pool.events.goaways == 4
    assert pool.events.reconnects >= 3


async def test_a_connection_that_breaks_fails_its_calls_and_is_opened_anew() -> None:
    breaks = [True]

    def respond(side: ServerSide, stream: int) -> None:
        if breaks and stream == 3:
            breaks.clear()
            side.transport.abort()
        elif stream != 1 or not breaks:
            side.transport.write(answer(stream))

    async with a_pool(respond) as (pool, statuses):
        offer(pool, a_call(), a_call())
        await all_ended(pool)
        offer(pool, a_call())
        await all_ended(pool)

    assert statuses == ["UNAVAILABLE", "UNAVAILABLE", "OK"]
    assert pool.events.reconnects == 1


async def test_calls_fail_at_once_while_nobody_serves() -> None:
    loop = asyncio.get_running_loop()
    asked: asyncio.Future[ServerSide] = loop.create_future()

    def respond(side: ServerSide, stream: int) -> None:
        asked.set_result(side)

    server = await loop.create_server(lambda: ServerSide(respond, 100), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    statuses: list[str] = []
    pool = Pool(
        lambda protocol: loop.create_connection(protocol, "127.0.0.1", port),
        1,
        lambda _, status: statuses.append(status),
    )
    await pool.open()
    offer(pool, a_call())
    side = await asked
    server.close()
    side.transport.abort()
    await all_ended(pool)
    offer(pool, a_call())
    await all_ended(pool)
    await pool.close()

    assert statuses == ["UNAVAILABLE"] * 2
