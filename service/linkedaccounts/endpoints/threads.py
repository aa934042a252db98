"""Threads for use cases that wait, for the database or for a password's hash, so that the event loop never does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from linkedaccounts.endpoints.tally import Tally

T = TypeVar("T")


class Threads:
    """So many pieces of work go on at once, each in the context of the call that asks; further ones wait in turn.

    How many wait is bounded by how many calls are at work at once; ``tally`` counts them.
    """

    def __init__(self, count: int, tally: Tally) -> None:
        self._tally = tally
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="seller")

    async def run(self, work: Callable[[], T]) -> T:
        """What ``work`` returns or raises.

        Who is cancelled meanwhile gets no answer. Work that waits then is not begun; work that goes on is done to its
        end, as the caller who sends the same request again will find.
        """
        self._tally.at_threads += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, copy_context().run, work)
        finally:
            self._tally.at_threads -= 1

    def stop(self) -> None:
        """Begins nothing more. What goes on ends by itself, and the process not before it."""
        self._pool.shutdown(wait=False, cancel_futures=True)
