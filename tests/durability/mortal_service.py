"""A service that is made to be killed: a program that forks a process to serve whenever it is asked to.

What takes long at a start, imports and reading the rules, is done once, before the fork; all else is done anew by each
process, as a start does. gRPC is first touched after the fork, which it would not survive.

Reads settings as JSON from its first line, then for each further line starts one process and prints its id, and a
second line once that serves.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

from linkedaccounts.bootstrap import service as bootstrap
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.logging_setup import logging_to
from linkedaccounts.endpoints.server import Server
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.policy.load import load_policy
from linkedaccounts.settings import Settings
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from tests.application.marketplace import CHEAP


def main() -> None:
    """Forks for each line of the input."""
    settings = Settings.model_validate_json(sys.stdin.readline())
    made_once: dict[str, Any] = {
        "load_policy": load_policy(settings.rules),
        "packaged_rate_book": packaged_rate_book(),
        "Argon2Passwords": CHEAP,  # what passwords cost is not at stake
    }
    for name, made in made_once.items():
        setattr(bootstrap, name, lambda *_, made=made: made)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    while sys.stdin.readline():
        child = os.fork()
        if not child:
            asyncio.run(serve(settings))
        print(child, flush=True)  # noqa: T201  # the test reads it


async def serve(settings: Settings) -> None:
    """Serves until it is killed."""
    with logging_to(Log(level="error")) as log:
        server = Server(bootstrap.compose(settings), settings, log, Tally(), look=lambda: None)
        await server.start()
        print("serving", flush=True)  # noqa: T201  # likewise
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
