"""A caller who sends requests without end and reads no answer, as no client of gRPC would: raw HTTP/2."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import cast

from linkedaccounts.loadtest.frames import PREFACE, Flag, FrameReader, Kind, frame, settings_payload
from linkedaccounts.loadtest.headers import opening_block
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from tests.endpoints.running import Asked, quote_of, running, service_with, standstill

STREAM = "/linkedaccounts.v1.FeeQuoteService/StreamQuoteFees"
REQUEST = contract.StreamQuoteFeesRequest(request=contract.QuoteFeesRequest(day="2019-09-30")).SerializeToString()
MESSAGE = b"\0" + len(REQUEST).to_bytes(4, "big") + REQUEST
MOST_BYTES = 2 * 1024 * 1024


class NeverReads(asyncio.Protocol):
    """Sends as many requests as the server gives it room for, and never gives it any."""

    def __init__(self) -> None:
        self.sent = 0
        self._reader = FrameReader()
        self._room = {0: 65_535, 1: 65_535}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        block = opening_block(STREAM, "test", "http", 60_000, [])
        opening = PREFACE + frame(Kind.SETTINGS, 0, 0, settings_payload({}))
        self._transport.write(opening + frame(Kind.HEADERS, Flag.END_HEADERS, 1, block))
        self._send()

    def data_received(self, data: bytes) -> None:
        for kind, flags, stream, payload in self._reader.feed(data):
            if kind == Kind.WINDOW_UPDATE:
                self._room[stream] += int.from_bytes(payload, "big")
            elif kind == Kind.SETTINGS and not flags & Flag.ACK:
                self._transport.write(frame(Kind.SETTINGS, Flag.ACK, 0))
            elif kind == Kind.PING and not flags & Flag.ACK:
                self._transport.write(frame(Kind.PING, Flag.ACK, 0, payload))
        self._send()

    def _send(self) -> None:
        """As much as there is room for now; above what the test takes there is no need to go on."""
        while min(self._room.values()) >= len(MESSAGE) and self.sent < 2 * MOST_BYTES:
            self._transport.write(frame(Kind.DATA, 0, 1, MESSAGE))
            self._room = {stream: room - len(MESSAGE) for stream, room in self._room.items()}
            self.sent += len(MESSAGE)

    def close(self) -> None:
        self._transport.abort()


async def test_the_service_takes_no_more_requests_than_fit_when_their_answers_are_not_read() -> None:
    asked = Asked(lambda request: replace(quote_of(request), policy_version="5" * 1000))
    async with running(service_with(asked)) as server:
        host, port = server.target.rsplit(":", 1)
        caller = NeverReads()
        await asyncio.get_running_loop().create_connection(lambda: caller, host, int(port))
        taken = await standstill(server, asked)
        sent = caller.sent
        caller.close()

    assert 0 < taken < 1000
    assert len(MESSAGE) * taken < sent < MOST_BYTES
