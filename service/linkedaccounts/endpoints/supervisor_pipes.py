"""A worker's ends of the two pipes to its supervisor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress
from typing import IO

from linkedaccounts.endpoints.worker_process import LONGEST_LINE


class SupervisorPipes:
    """``told`` is where the supervisor writes, from its second line on, and ``says`` where it reads."""

    def __init__(self, told: IO[str], says: IO[str]) -> None:
        self._told = told
        self._says = says

    def say(self, line: str) -> None:
        """Tells the supervisor, if it still lives."""
        with suppress(BrokenPipeError):
            self._says.write(line + "\n")
            self._says.flush()

    async def lines(self) -> AsyncIterable[bytes]:
        """What it tells, until it is gone, be it already."""
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._told)
        return reader
