"""A service of its own for a load test: another process, on a free port, with an empty data directory."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import click

SERVE = (sys.executable, "-c", "from linkedaccounts.cli.main import main; main()", "serve")
STOP_SECONDS = 30
_WORKERS = re.compile(r"--workers[= ](\d+)")


@dataclass(frozen=True, slots=True)
class OwnService:
    """Where it listens, and the id of its first process."""

    target: str
    pid: int


@contextmanager
def own_service(flags: Sequence[str], serve: Sequence[str] = SERVE) -> Iterator[OwnService]:
    """A `linked-accounts serve`, or another such command, with more ``flags``, until the block ends.

    It logs and records as any service does, into a directory that is deleted at the end. All its workers serve when the
    block begins: connections that were opened before would all go to the one that was first. ClickException if it does
    not start.
    """
    with TemporaryDirectory(prefix="linked-accounts-loadtest-") as scratch:
        log = Path(scratch) / "log"
        arguments = [*serve, "--port", "0", "--data-dir", scratch, "--drain-notice-seconds", "0", *flags]
        with log.open("wb") as written, subprocess.Popen(arguments, stderr=written) as process:  # noqa: S603  # this program
            try:
                with log.open("rb") as lines:
                    for _ in range(_workers(flags)):
                        address = _address(process, lines)
                    yield OwnService(address, process.pid)
            finally:
                _stop(process)


def _workers(flags: Sequence[str]) -> int:
    """How many processes are to say that they serve; of no workers the service itself says what is wrong."""
    found = _WORKERS.search(" ".join(flags))
    return max(1, int(found[1])) if found else 1


def _address(process: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    said = b""
    while True:
        ended = process.poll() is not None
        line = log.readline()
        said += line
        if line.endswith(b"\n") and (address := _serving(line)):
            return address
        if not line and ended:
            raise click.ClickException(f"the service did not start:\n{said.decode('utf-8', 'replace').strip()}")
        if not line:
            time.sleep(0.02)


def _serving(line: bytes) -> str:
    """The address in a log line that says that the service serves; else an empty text."""
    try:
        content = json.loads(line)
    except ValueError:
        return ""
    return str(content["address"]) if content.get("event") == "serving" else ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
