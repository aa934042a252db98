"""Request bodies that do not fit into the windows of flow control at once (RFC 9113, section 5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linkedaccounts.loadtest.frames import MAX_PAYLOAD, Flag, Kind, frame


@dataclass(slots=True)
class Upload:
    """What is left to send of a body, from ``sent`` on, and for how many bytes its stream has room."""

    body: bytes
    window: int
    sent: int = 0


class Uploads:
    """The bodies that wait on one connection, and how many bytes the connection has room for."""

    def __init__(self) -> None:
        self.window = 65_535
        self._waiting: dict[int, Upload] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, stream: int, body: bytes, window: int) -> None:
        """A body that waits, and the window of its stream."""
        self._waiting[stream] = Upload(body, window)

    def drop(self, stream: int) -> bool:
        """Forgets the body of a stream that ended; whether it had not been sent whole."""
        return self._waiting.pop(stream, None) is not None

    def widen(self, stream: int, size: int) -> None:
        """The peer has room for more; stream 0 is the connection."""
        if not stream:
            self.window += size
        elif (upload := self._waiting.get(stream)) is not None:
            upload.window += size

    def widen_all(self, size: int) -> None:
        """The peer changed the first window of every stream."""
        for upload in self._waiting.values():
            upload.window += size

    def frames(self) -> Iterator[bytes]:
        """The DATA frames that there is room for now; what is sent whole waits no longer."""
        for stream, upload in list(self._waiting.items()):
            while (size := min(MAX_PAYLOAD, self.window, upload.window, len(upload.body) - upload.sent)) > 0:
                yield self._next(stream, upload, size)
            if upload.sent == len(upload.body):
                del self._waiting[stream]

    def _next(self, stream: int, upload: Upload, size: int) -> bytes:
        piece = upload.body[upload.sent : upload.sent + size]
        upload.sent += size
        upload.window -= size
        self.window -= size
        return frame(Kind.DATA, Flag.END_STREAM if upload.sent == len(upload.body) else 0, stream, piece)
