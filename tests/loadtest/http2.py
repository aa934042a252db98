"""What tests of the load tester speak with: a call, a connection without a network, and a server's side of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from hpack import Encoder

from linkedaccounts.loadtest.calls import Call, Prepared, Question, Shape, message_bytes
from linkedaccounts.loadtest.connection import Connection
from linkedaccounts.loadtest.frames import PREFACE, Flag, Frame, FrameReader, Kind, frame, settings_payload
from linkedaccounts.loadtest.headers import StatusReader, opening_block
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest

BLOCK = opening_block("/a.B/C", "test", "http", 5000, [])


def a_call(due: float = 0.0, body: bytes = b"", *, checked: bool = False) -> Call:
    question = Question(QuoteFeesRequest(day="2021-01-31"))
    sent = body or message_bytes([question.request.SerializeToString()])
    return Call(Prepared(Shape.UNARY, [question], BLOCK, sent), due, checked=checked)


def block(*headers: tuple[str, str]) -> bytes:
    encoder = Encoder()
    encoder.header_table_size = 0
    return encoder.encode(headers)


def trailers(stream: int, status: int = 0) -> bytes:
    return frame(Kind.HEADERS, Flag.END_HEADERS | Flag.END_STREAM, stream, block(("grpc-status", str(status))))


def answer(stream: int, body: bytes = b"\0\0\0\0\0") -> bytes:
    head = frame(Kind.HEADERS, Flag.END_HEADERS, stream, block((":status", "200"), ("x-request-id", f"r{stream}")))
    return head + frame(Kind.DATA, 0, stream, body) + trailers(stream)


class FakeTransport:
    def __init__(self) -> None:
        self.written = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    abort = close


class Wire:
    """A connection on a fake transport; hears of its calls."""

    def __init__(self, settings: dict[int, int] | None = None) -> None:
        self.ends: list[tuple[Call, str]] = []
        self.not_begun: list[Call] = []
        self.resets = 0
        self.breaks = 0
        self.transport = FakeTransport()
        self.connection = Connection(self, StatusReader())
        self.connection.connection_made(cast("asyncio.BaseTransport", self.transport))
        self.receive(frame(Kind.SETTINGS, 0, 0, settings_payload(settings or {})))

    def receive(self, *data: bytes) -> None:
        self.connection.data_received(b"".join(data))

    def send(self, *calls: Call) -> None:
        for call in calls:
            self.connection.begin(call)
        self.connection.flush()

    def sent(self, *kinds: int) -> list[Frame]:
        frames = FrameReader().feed(self.transport.written.removeprefix(PREFACE))
        return [each for each in frames if each[0] in kinds]

    def sent_body(self, stream: int) -> bytes:
        return b"".join(payload for _, _, number, payload in self.sent(Kind.DATA) if number == stream)

    @property
    def statuses(self) -> list[str]:
        return [status for _, status in self.ends]

    def ended(self, call: Call, status: str) -> None:
        self.ends.append((call, status))

    def was_reset(self) -> None:
        self.resets += 1

    def broke(self) -> None:
        self.breaks += 1

    def moved(self) -> None:
        pass

    def unserved(self, calls: Sequence[Call]) -> Any:
        self.not_begun += calls
