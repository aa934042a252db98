"""A worker's ends of the two pipes to its supervisor."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterable
from contextlib import suppress
from typing import IO

from linkedaccounts.endpoints.worker_process import LONGEST_LINE


class SupervisorPipes:
    """``told`` is where the supervisor writes, from its second line on; ``says`` the descriptor that it reads from."""

    def __init__(self, told: IO[str], says: int) -> None:
        self._told = told
        self._says = says

    def say(self, line: str) -> None:
        """Tells the supervisor, if it still lives."""
        left = line.encode() + b"\n"
        with suppress(BrokenPipeError):
            while left:
                left = left[os.write(self._says, left) :]

    async def lines(self) -> AsyncIterable[bytes]:
        """What it tells, until it is gone, be it already."""
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._told)
        return reader
