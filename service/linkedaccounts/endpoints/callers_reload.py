"""Taking over who may call while the service runs."""

from __future__ import annotations

import asyncio

import structlog

from linkedaccounts.application.callers import CallersKeeper, CallersRejected


class CallersReload:
    """Reads the callers again, one time after the other; in a thread, so that calls go on being answered."""

    def __init__(self, callers: CallersKeeper) -> None:
        self._callers = callers
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self) -> None:
        """If the callers are no good those in use go on, and the log says so."""
        async with self._one_at_a_time:
            try:
                await asyncio.to_thread(self._callers.reload)
            except CallersRejected as rejected:
                structlog.get_logger().error("callers_rejected", problems=rejected.problems)
            except Exception as error:  # noqa: BLE001 - whatever it is, the service goes on with the callers that it has
                structlog.get_logger().error("callers_rejected", problems=[repr(error)])
            else:
                current = self._callers.current
                count = len({caller.name for caller in (*current.by_token.values(), *current.by_certificate.values())})
                structlog.get_logger().info("callers_reloaded", callers=count)
