"""Header blocks: the one that opens every call, made once, and the status in those that end calls.

Both sides keep no table of headers (ours says so with ``SETTINGS_HEADER_TABLE_SIZE`` 0), so equal headers are equal
bytes: a block is encoded once for all calls, and one that ends calls is decoded once for all that end alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from hpack import Decoder, Encoder, HPACKError, NeverIndexedHeaderTuple

from linkedaccounts.loadtest.frames import BadFrame

STATUSES = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
"""The names of gRPC's statuses, each at its code."""

OF_HTTP: Mapping[str, str] = MappingProxyType(
    {
        "400": "INTERNAL",
        "401": "UNAUTHENTICATED",
        "403": "PERMISSION_DENIED",
        "404": "UNIMPLEMENTED",
        "429": "UNAVAILABLE",
        "502": "UNAVAILABLE",
        "503": "UNAVAILABLE",
        "504": "UNAVAILABLE",
    }
)
"""gRPC's table for answers without ``grpc-status`` (http-grpc-status-mapping.md); all others are UNKNOWN."""

REMEMBERED = 10_000


def opening_block(
    path: str, authority: str, scheme: str, timeout_ms: int, metadata: Iterable[tuple[str, str]]
) -> bytes:
    """The header block of a gRPC call, the same for every call and connection."""
    fixed = [(":method", "POST"), (":scheme", scheme)]
    given = [
        (":path", path),
        (":authority", authority),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("user-agent", "linked-accounts-loadtest"),
        ("grpc-timeout", f"{timeout_ms}m"),
        *metadata,
    ]
    # Each of the fixed ones is an entry of the static table; the others would enter the dynamic one if they might.
    return Encoder().encode([*fixed, *(NeverIndexedHeaderTuple(name, value) for name, value in given)])


class StatusReader:
    """Reads the status from the header blocks that end calls."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._decoder.header_table_size = self._decoder.max_allowed_table_size = 0
        self._known: dict[bytes, str] = {}

    def status_of(self, block: bytes) -> str:
        """The name of the status that a block of trailers, or of headers that end a call, states.

        ``grpc-status`` says it, else ``:status`` by gRPC's table. BadFrame for a block that cannot be decoded.
        """
        status = self._known.get(block)
        if status is None:
            status = self._decoded(block)
            if len(self._known) < REMEMBERED:
                self._known[block] = status
        return status

    def _decoded(self, block: bytes) -> str:
        try:
            headers = self._decoder.decode(block, raw=True)
        except HPACKError as error:
            raise BadFrame(f"headers cannot be decoded: {error}") from None
        return _status([(bytes(name), bytes(value)) for name, value in headers])


def _status(headers: Sequence[tuple[bytes, bytes]]) -> str:
    values = dict(headers)
    stated = values.get(b"grpc-status", b"").decode("ascii", "replace")
    if stated.isdigit() and int(stated) < len(STATUSES):
        return STATUSES[int(stated)]
    return OF_HTTP.get(values.get(b":status", b"").decode("ascii", "replace"), "UNKNOWN")
