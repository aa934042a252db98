"""A worker process of `linked-accounts serve --workers N`; started by its supervisor, never by hand."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress

import click

from linkedaccounts.cli.start import composed, stops_with_a_sentence
from linkedaccounts.endpoints.signals import StopSignals
from linkedaccounts.endpoints.workers import SERVING
from linkedaccounts.settings import Settings


@click.command()
def work() -> None:
    """Serve with the settings in the first line of the input, until it ends."""
    settings = Settings.model_validate_json(sys.stdin.readline())
    service = composed(settings)
    from linkedaccounts.endpoints.serving import serve_as_worker

    with stops_with_a_sentence():
        serve_as_worker(service, settings, _report)


async def _report(_address: str, signals: StopSignals) -> None:
    """Tells the supervisor that the worker answers; drains when the supervisor is gone, be it already."""
    with suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), f"{SERVING}\n".encode())
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    signals.stop()


if __name__ == "__main__":
    work()
