"""How busy the client is, and whether it, and not the service, was the limit of a run."""

from __future__ import annotations

import time

BUSY = 0.9
"""The share of a CPU from which on a single-threaded client has no time to send and read as it should."""
TOLERATED = 0.01
"""The share of the calls, and of the time, in which the client may be too slow: with more, a p99 is its own. A p99.9 is
its own with a tenth of that already, so reports state the share."""


class ClientTime:
    """The share of a CPU that this process used from each sample to the next, by the whole second that it ends."""

    def __init__(self) -> None:
        self.shares: dict[int, float] = {}
        self._last = (0.0, 0.0)

    def sample(self, elapsed: float) -> None:
        """Takes a sample, so many seconds after the load began."""
        used = time.process_time()
        before, used_before = self._last
        if elapsed > before:
            self.shares[int(elapsed)] = (used - used_before) / (elapsed - before)
        self._last = (elapsed, used)


def why_invalid(calls: int, late: int, busy: int, stood_still: float) -> str:
    """Why the figures are the client's and not the service's; an empty text if they are the service's.

    ``late`` is how many calls went out late, ``busy`` how many were due in seconds in which the client used ``BUSY`` of
    a CPU or more, ``stood_still`` the share of the time in which it did nothing for want of one.
    """
    if not calls:
        return "no call was due after the warm-up"
    if busy > TOLERATED * calls:
        return (
            f"{busy / calls:.1%} of the calls were due when this client used {BUSY:.0%} of a CPU or more: it was the "
            "limit, not the service; ask for a lower rate or fewer callers, or check fewer answers"
        )
    if late > TOLERATED * calls:
        return (
            f"{late / calls:.1%} of the calls went out late because this client did not get its CPU in time; give it a "
            "CPU of its own, or ask for a lower rate"
        )
    if stood_still > TOLERATED:
        return (
            f"this client stood still for {stood_still:.1%} of the time because it did not get its CPU in time; "
            "give it a CPU of its own"
        )
    return ""
