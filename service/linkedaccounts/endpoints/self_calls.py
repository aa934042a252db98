"""Calls that the service makes to itself, to learn how long calls wait: HTTP/2 frames, written once, over one socket.

They go through gRPC's own queue as any call does. A whole client of gRPC in the service would cost a call's work.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from tempfile import mkdtemp
from typing import cast

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, SETTINGS, PING, GOAWAY = 1, 4, 6, 7
ACK = 1
ENDED = 5
"""Flags END_STREAM and END_HEADERS: a call without a message."""
SOCKET = "self"
LAST_STREAM = 2**31 - 1
NUMBER = "number"
"""The header that tells one of these calls from the other."""


class SelfCalls(asyncio.Protocol):
    """A socket that nobody else can reach, and a method that nobody else can guess."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self.method = f"/self/{token_hex(16)}"
        fields = {":method": "POST", ":scheme": "http", ":path": self.method, ":authority": "self", "te": "trailers"}
        self._fields = b"".join(_field(*each) for each in {**fields, "content-type": "application/grpc"}.items())
        self._transport: asyncio.Transport | None = None
        self._stream = 1
        self._received = b""

    def address(self) -> str:
        """Where the server is to listen too; OSError if there is no room for a socket in the file system."""
        self._folder = Path(mkdtemp(prefix="linked-accounts-"))  # its mode is 0700
        return f"unix:{self._folder / SOCKET}"

    async def open(self) -> None:
        """Connects to the server, which listens by now; OSError if that fails."""
        if self._folder is None:
            raise FileNotFoundError("there is no socket")
        self._stream, self._received = 1, b""
        await asyncio.get_running_loop().create_unix_connection(lambda: self, str(self._folder / SOCKET))

    @property
    def is_open(self) -> bool:
        """Whether a call can be sent."""
        return self._transport is not None and self._stream <= LAST_STREAM

    def send(self, number: int) -> None:
        """Sends a call; what comes of it, its method will see."""
        if self._transport is not None:
            self._transport.write(_frame(HEADERS, ENDED, self._stream, self._fields + _field(NUMBER, str(number))))
            self._stream += 2

    def close(self) -> None:
        """Closes the connection and removes the socket."""
        self._hang_up()
        if self._folder is not None:
            rmtree(self._folder, ignore_errors=True)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets as HTTP/2 does."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self._transport.write(PREFACE + _frame(SETTINGS, 0, 0, b""))

    def connection_lost(self, _error: Exception | None) -> None:
        """The server closed it."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Confirms settings and pings, and leaves when asked to, as of a certain age; the answers tell nothing."""
        self._received += data
        while len(self._received) >= (end := 9 + int.from_bytes(self._received[:3])):
            kind, flags, payload = self._received[3], self._received[4], self._received[9:end]
            self._received = self._received[end:]
            if kind in (SETTINGS, PING) and not flags & ACK and self._transport is not None:
                self._transport.write(_frame(kind, ACK, 0, payload if kind == PING else b""))
            elif kind == GOAWAY:
                self._hang_up()

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            self._transport = None


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + payload


def _field(name: str, value: str) -> bytes:
    """A header of at most 126 bytes a part, as HPACK writes one that no table is to keep (RFC 7541, 6.2.2)."""
    return b"".join((b"\0", bytes((len(name),)), name.encode(), bytes((len(value),)), value.encode()))
