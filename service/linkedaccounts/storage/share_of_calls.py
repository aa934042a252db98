"""Which calls are looked at, where not all are."""

from __future__ import annotations

from zlib import crc32


class ShareOfCalls:
    """A share of the calls, chosen by their ids: the same ones everywhere."""

    def __init__(self, share: float) -> None:
        """``share`` is from 0 to 1."""
        self._below = int(share * 2**32)

    def __contains__(self, request_id: str) -> bool:
        return crc32(request_id.encode()) < self._below

    def __bool__(self) -> bool:
        """Whether any call may be in it."""
        return self._below > 0
