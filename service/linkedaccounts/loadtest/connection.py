"""One HTTP/2 connection, as a gRPC client uses it: many calls at once, each with one body out and one back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import cast

from linkedaccounts.loadtest.calls import Call
from linkedaccounts.loadtest.frames import (
    MAX_WINDOW,
    PREFACE,
    BadFrame,
    Flag,
    FrameReader,
    Kind,
    Setting,
    frame,
    read_settings,
    settings_payload,
    unpadded,
)
from linkedaccounts.loadtest.headers import StatusReader
from linkedaccounts.loadtest.listener import Listener
from linkedaccounts.loadtest.uploads import Uploads

OF_RESET = {3: "RESOURCE_EXHAUSTED", 7: "UNAVAILABLE", 8: "CANCELLED", 11: "RESOURCE_EXHAUSTED"}
"""Statuses of RST_STREAM's codes: flow control, refused, cancel, calm; gRPC says INTERNAL of all others."""

CANCEL = (8).to_bytes(4, "big")
LAST_STREAM = 2**31 - 9
_OURS = {Setting.HEADER_TABLE_SIZE: 0, Setting.ENABLE_PUSH: 0, Setting.INITIAL_WINDOW_SIZE: MAX_WINDOW}
_REFILL = 2**30


class Connection(asyncio.Protocol):
    """Sends calls when told to ``flush``.

    ``ready`` is done once the server's settings are known, or fails; ``left`` once it takes no more calls here.
    """

    def __init__(self, listener: Listener, statuses: StatusReader) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.left: asyncio.Future[None] = loop.create_future()
        self.serving = True
        self.calls: dict[int, Call] = {}
        self._listener = listener
        self._statuses = statuses
        self._reader = FrameReader()
        self._out: list[bytes] = []
        self._uploads = Uploads()
        self._limit = MAX_WINDOW
        self._first_window = 65_535
        self._next = 1
        self._received = 0
        self._block: tuple[int, int, bytes] | None = None
        self._choked = False
        self._transport: asyncio.Transport | None = None

    @property
    def room(self) -> int:
        """How many more calls may go out now, by the server's limit and by what it has room for."""
        if not self.serving or self._choked or self._uploads or self._transport is None:
            return 0
        return self._limit - len(self.calls)

    def begin(self, call: Call) -> None:
        """Lets a call go out with the next ``flush``; there must be ``room``."""
        stream, prepared = self._next, call.prepared
        self._next += 2
        self.calls[stream] = call
        size, number = len(prepared.body), stream.to_bytes(4, "big")
        if prepared.small and size <= self._uploads.window and size <= self._first_window:
            self._uploads.window -= size
            self._out += (prepared.start, number, prepared.middle, number, prepared.body)
        else:
            self._out += (prepared.start, number, prepared.block)
            self._uploads.add(stream, prepared.body, self._first_window)
            self._out += self._uploads.frames()
        if self._next > LAST_STREAM:
            self._leave(LAST_STREAM)

    def flush(self) -> None:
        """Hands all that is to be sent to the transport, in one piece."""
        if self._out and self._transport is not None:
            self._transport.write(b"".join(self._out))
            self._out.clear()

    def expire(self, due_before: float) -> Iterator[Call]:
        """Gives up the calls that were due before a moment, and has the server told of it."""
        late = []
        for stream, call in self.calls.items():
            if call.due >= due_before:
                break  # calls go out in the order in which they are due
            late.append(stream)
        for stream in late:
            yield self._forgotten(stream)
        if late and not self.serving:
            self._close_if_done()

    def close(self) -> None:
        """Ends the connection."""
        self._stop()
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets the server."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        widened = frame(Kind.WINDOW_UPDATE, 0, 0, (MAX_WINDOW - 65_535).to_bytes(4, "big"))
        self._transport.write(PREFACE + frame(Kind.SETTINGS, 0, 0, settings_payload(_OURS)) + widened)

    def connection_lost(self, exc: Exception | None) -> None:
        """What was on its way is UNAVAILABLE."""
        self._transport = None
        if self.serving and self.ready.done():
            self._listener.broke()
        self._stop()
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(str(exc) if exc else "the server closed the connection at once"))
        calls = list(self.calls.values())
        self.calls.clear()
        for call in calls:
            self._listener.ended(call, "UNAVAILABLE")

    def pause_writing(self) -> None:
        """The network takes no more for now."""
        self._choked = True

    def resume_writing(self) -> None:
        """The network takes more again."""
        self._choked = False
        self._listener.moved()

    def data_received(self, data: bytes) -> None:
        """Reads what arrived; a server that does not speak HTTP/2 is left."""
        try:
            for kind, flags, stream, payload in self._reader.feed(data):
                if kind == Kind.DATA:
                    self._on_data(flags, stream, payload)
                elif kind == Kind.HEADERS:
                    self._on_block(flags, stream, unpadded(flags, payload) if flags & 0x28 else payload)
                else:
                    self._on_other(kind, flags, stream, payload)
        except BadFrame as error:
            self._abandon(error)
        self._listener.moved()
        self.flush()

    def _on_data(self, flags: int, stream: int, payload: bytes) -> None:
        self._received += len(payload)
        if self._received >= _REFILL:
            self._widen(0, self._received)
            self._received = 0
        call = self.calls.get(stream)
        if call is None:
            return
        call.received += len(payload)
        if call.received >= _REFILL:
            self._widen(stream, call.received)
            call.received = 0
        if call.answer is not None:
            call.answer.append(unpadded(flags & Flag.PADDED, payload))
        if flags & Flag.END_STREAM:
            self._end(stream, "UNKNOWN")  # no trailers, no status

    def _on_block(self, flags: int, stream: int, block: bytes) -> None:
        if not flags & Flag.END_HEADERS:
            self._block = (stream, flags, block)
        elif flags & Flag.END_STREAM:
            self._end(stream, self._statuses.status_of(block))

    def _on_other(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == Kind.WINDOW_UPDATE:
            self._uploads.widen(stream, int.from_bytes(payload, "big") & MAX_WINDOW)
            self._out += self._uploads.frames()
        elif kind == Kind.RST_STREAM:
            self._on_reset(stream, int.from_bytes(payload, "big"))
        elif kind == Kind.SETTINGS and not flags & Flag.ACK:
            self._on_settings(read_settings(payload))
        elif kind == Kind.PING and not flags & Flag.ACK:
            self._out.append(frame(Kind.PING, Flag.ACK, 0, payload))
        elif kind == Kind.GOAWAY:
            self._leave(int.from_bytes(payload[:4], "big") & MAX_WINDOW)
        elif kind == Kind.CONTINUATION and self._block is not None:
            begun, first, block = self._block
            self._on_block(first | flags, begun, block + payload)

    def _on_settings(self, values: dict[int, int]) -> None:
        self._limit = values.get(Setting.MAX_CONCURRENT_STREAMS, self._limit)
        window = values.get(Setting.INITIAL_WINDOW_SIZE, self._first_window)
        self._uploads.widen_all(window - self._first_window)
        self._first_window = window
        self._out.append(frame(Kind.SETTINGS, Flag.ACK, 0))
        self._out += self._uploads.frames()
        if not self.ready.done():
            self.ready.set_result(None)

    def _on_reset(self, stream: int, code: int) -> None:
        if stream in self.calls:
            self._listener.was_reset()
            self._end(stream, OF_RESET.get(code, "INTERNAL"))

    def _stop(self) -> None:
        self.serving = False
        if not self.left.done():
            self.left.set_result(None)

    def _leave(self, last: int) -> None:
        """No more calls here: those up to ``last`` may still be answered."""
        self._stop()
        unserved = [stream for stream in self.calls if stream > last]
        for stream in unserved:
            self._uploads.drop(stream)
        self._listener.unserved([self.calls.pop(stream) for stream in unserved])
        self._close_if_done()

    def _end(self, stream: int, status: str) -> None:
        call = self.calls.get(stream)
        if call is None:
            return
        if self._uploads.drop(stream):
            self._out.append(frame(Kind.RST_STREAM, 0, stream, CANCEL))
        del self.calls[stream]
        self._listener.ended(call, status)
        if not self.serving:
            self._close_if_done()

    def _forgotten(self, stream: int) -> Call:
        self._uploads.drop(stream)
        self._out.append(frame(Kind.RST_STREAM, 0, stream, CANCEL))
        return self.calls.pop(stream)

    def _close_if_done(self) -> None:
        if not self.calls:
            self.flush()
            self.close()

    def _abandon(self, error: BadFrame) -> None:
        if not self.ready.done():
            self.ready.set_exception(error)
        if self._transport is not None:
            self._transport.abort()

    def _widen(self, stream: int, size: int) -> None:
        self._out.append(frame(Kind.WINDOW_UPDATE, 0, stream, size.to_bytes(4, "big")))
