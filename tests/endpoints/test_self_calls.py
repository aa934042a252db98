"""The service's calls to itself, on a transport that only notes what is written."""

from __future__ import annotations

import asyncio
from typing import cast

from hpack import Decoder

from linkedaccounts.endpoints.self_calls import SelfCalls
from linkedaccounts.loadtest.frames import PREFACE, Flag, Frame, FrameReader, Kind, frame, settings_payload


class Noted:
    """What is written, and whether it was closed."""

    def __init__(self) -> None:
        self.written = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def abort(self) -> None:
        self.closed = True

    def frames(self) -> list[Frame]:
        """All frames but the first, which are our settings."""
        return FrameReader().feed(self.written.removeprefix(PREFACE))[1:]


def connected() -> tuple[SelfCalls, Noted]:
    calls, transport = SelfCalls(), Noted()
    calls.connection_made(cast("asyncio.BaseTransport", transport))
    return calls, transport


def decoded(block: bytes) -> dict[str, str]:
    return {str(name): str(value) for name, value in Decoder().decode(block)}


def test_each_call_is_one_frame_with_its_number_that_no_table_keeps() -> None:
    calls, transport = connected()
    calls.send(7)
    calls.send(8)
    (kind, flags, stream, block), (*_, next_stream, next_block) = transport.frames()
    headers = decoded(block)

    assert (kind, flags, stream, next_stream) == (Kind.HEADERS, Flag.END_HEADERS | Flag.END_STREAM, 1, 3)
    assert (headers[":path"], headers["number"]) == (calls.method, "7")
    assert decoded(next_block) == {**headers, "number": "8"}


def test_settings_and_pings_are_confirmed_however_their_bytes_arrive() -> None:
    calls, transport = connected()
    for byte in frame(Kind.SETTINGS, 0, 0, settings_payload({4: 1})) + frame(Kind.PING, 0, 0, b"12345678"):
        calls.data_received(bytes((byte,)))
    calls.data_received(frame(Kind.SETTINGS, Flag.ACK, 0) + frame(Kind.PING, Flag.ACK, 0, b"12345678"))

    assert transport.frames() == [(Kind.SETTINGS, Flag.ACK, 0, b""), (Kind.PING, Flag.ACK, 0, b"12345678")]


def test_a_connection_that_the_server_wants_ended_is_left_for_a_new_one() -> None:
    calls, transport = connected()
    calls.send(1)
    calls.data_received(frame(Kind.GOAWAY, 0, 0, bytes(8)))

    assert (transport.closed, calls.is_open) == (True, False)
    again = Noted()
    calls.connection_lost(None)
    calls.connection_made(cast("asyncio.BaseTransport", again))
    assert calls.is_open
