"""HTTP/2 frames (RFC 9113, section 4): made, and read from bytes as they arrive."""

from __future__ import annotations

from struct import Struct
from typing import TypeAlias

Frame: TypeAlias = tuple[int, int, int, bytes]
"""Type, flags, stream and payload; a plain tuple, for there are several a call."""

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
MAX_PAYLOAD = 16_384
"""Bytes of a payload that every peer takes, and no peer exceeds unless asked to."""
MAX_WINDOW = 2**31 - 1

_HEAD = Struct(">IBI")
_SETTING = Struct(">HI")


class Kind:
    """The types of frames: plain numbers, for several are compared a call."""

    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


class Flag:
    """The flags of frames; SETTINGS and PING call the lowest one ACK."""

    END_STREAM = 0x1
    ACK = 0x1
    END_HEADERS = 0x4
    PADDED = 0x8
    PRIORITY = 0x20


class Setting:
    """The settings that are sent or heeded here."""

    HEADER_TABLE_SIZE = 1
    ENABLE_PUSH = 2
    MAX_CONCURRENT_STREAMS = 3
    INITIAL_WINDOW_SIZE = 4
    MAX_FRAME_SIZE = 5


class BadFrame(Exception):
    """What the peer sent is no HTTP/2; the connection is of no further use."""


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """One whole frame."""
    return frame_start(kind, flags, len(payload)) + stream.to_bytes(4, "big") + payload


def frame_start(kind: int, flags: int, length: int) -> bytes:
    """The five bytes of a frame before the number of its stream."""
    return ((length << 8) | kind).to_bytes(4, "big") + bytes((flags,))


def settings_payload(values: dict[int, int]) -> bytes:
    """The payload of a SETTINGS frame."""
    return b"".join(_SETTING.pack(name, value) for name, value in values.items())


def read_settings(payload: bytes) -> dict[int, int]:
    """The values of a SETTINGS frame, those that are not known here too."""
    if len(payload) % _SETTING.size:
        raise BadFrame("a SETTINGS frame is cut short")
    return dict(_SETTING.iter_unpack(payload))


def unpadded(flags: int, payload: bytes) -> bytes:
    """What a DATA or HEADERS frame carries, without padding and priority."""
    start, end = 0, len(payload)
    if flags & Flag.PADDED:
        if not payload or payload[0] >= end:
            raise BadFrame("the padding of a frame is longer than the frame")
        start, end = 1, end - payload[0]
    if flags & Flag.PRIORITY:
        start += 5
    return payload[start:end]


class FrameReader:
    """Puts frames together from bytes that arrive in pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole with ``data``, in order; BadFrame for one larger than was agreed."""
        if self._rest:
            data = self._rest + data
        frames: list[Frame] = []
        unpack, start, size = _HEAD.unpack_from, 0, len(data)
        while start + 9 <= size:
            length_and_kind, flags, stream = unpack(data, start)
            end = start + 9 + (length_and_kind >> 8)
            if end > size:
                break
            frames.append((length_and_kind & 0xFF, flags, stream & 0x7FFFFFFF, data[start + 9 : end]))
            start = end
        self._rest = data[start:]
        if len(self._rest) > MAX_PAYLOAD + 9:
            raise BadFrame("a frame is larger than 16 KiB")
        return frames
