"""Tasks that run beside the calls."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeAlias

Work: TypeAlias = Coroutine[Any, Any, Any]
STOP_SECONDS = 5.0


class Background:
    """Keeps its tasks from being collected while they run, as the event loop itself does not."""

    def __init__(self, works: Iterable[Work] = ()) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        for work in works:
            self.start(work)

    def start(self, work: Work) -> None:
        """Runs ``work`` beside everything else."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Ends what still runs, and lets it take its leave, for at most STOP_SECONDS."""
        self.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)

    def cancel(self) -> None:
        """Ends what still runs."""
        for task in self._tasks:
            task.cancel()
