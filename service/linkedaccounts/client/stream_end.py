"""How a stream ended, where grpc.aio forgets it.

A server may end a stream while its caller still sends, as when a limit is reached. The write under way then fails, and
grpc.aio reports that failure as INTERNAL in the place of the status that the server sent, which it has received or is
about to (grpc/grpc#36066). The call tells every status that it takes on; of those, the server's is the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import grpc
from grpc.aio import AioRpcError

T = TypeVar("T")

SECONDS_TO_WAIT = 1.0
"""For the server's status after a failed write; it is on its way, unless gRPC itself refused the write."""

WRITE_FAILED = (grpc.StatusCode.INTERNAL, "Internal error from Core")
"""What grpc.aio says of any write that failed."""


class StreamEnd:
    """Watches a call, from before it is first awaited, for the status with which the server ends it."""

    def __init__(self, call: Any) -> None:
        self._status: asyncio.Future[AioRpcError] = asyncio.get_running_loop().create_future()
        call.add_done_callback(self._note)

    async def error(self, reported: AioRpcError) -> AioRpcError | None:
        """The error to raise for the one that grpc.aio reports: the server's own; None if the server ended it well."""
        if (reported.code(), reported.details()) != WRITE_FAILED:
            return reported
        with suppress(TimeoutError):
            status = await asyncio.wait_for(asyncio.shield(self._status), SECONDS_TO_WAIT)
            return None if status.code() is grpc.StatusCode.OK else status
        return reported

    def _note(self, call: Any) -> None:
        status = (_now(call.code()), _now(call.details()))
        if status != WRITE_FAILED and not self._status.done():
            metadata = _now(call.initial_metadata()), _now(call.trailing_metadata())
            self._status.set_result(AioRpcError(status[0], *metadata, details=status[1]))


def _now(known: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns that has nothing to wait for: of a call with a status, all that it tells of itself."""
    try:
        known.send(None)
    except StopIteration as returned:
        result: T = returned.value
        return result
    known.close()
    raise RuntimeError("a call that has ended does not know how")
