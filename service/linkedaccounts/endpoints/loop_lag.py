"""How late the event loop comes to what is due: what every call waits, whatever its own work is."""

from __future__ import annotations

import asyncio
import time

from linkedaccounts.endpoints.tally import Durations

LOOK_EVERY_SECONDS = 0.25


async def measure_lag(lag: Durations) -> None:
    """Without end. The loop's timers are exact to a millisecond, so an idle one is up to that late."""
    while True:
        due = time.monotonic() + LOOK_EVERY_SECONDS
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        lag.add(max(0.0, time.monotonic() - due))
