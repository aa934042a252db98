"""The service as its users run it: a process of its own, on a free port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
COMMAND = (str(Path(sys.executable).with_name("linked-accounts")),)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], check=False, capture_output=True, text=True, timeout=60, env=environment()
    )


def environment() -> dict[str, str]:
    """This process's environment, without settings of the service."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LINKED_ACCOUNTS_")}


@contextmanager
def serving(data_dir: Path, *flags: str, log: Path | None = None) -> Iterator[str]:
    """The address of a service that runs meanwhile; it is told to stop at the end, and must stop by itself.

    What it logs goes to ``log``, by default in the data directory.
    """
    arguments = [*COMMAND, "serve", "--port", "0", "--data-dir", str(data_dir), "--drain-notice-seconds", "0", *flags]
    written = log or data_dir / "service.log"
    with (
        written.open("wb") as stderr,
        subprocess.Popen(arguments, stderr=stderr, env=environment()) as process,
        written.open("rb") as lines,
    ):
        try:
            yield _address(process, lines)
        finally:
            process.terminate()
            process.wait(timeout=30)
    assert process.returncode == 0


def _address(process: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    seen = b""
    while process.poll() is None:
        line = log.readline()
        seen += line
        if line.startswith(b"{") and line.endswith(b"\n") and (event := json.loads(line))["event"] == "serving":
            return str(event["address"])
        if not line:
            time.sleep(0.01)
    raise AssertionError((seen + log.read()).decode())
