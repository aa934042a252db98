"""Starts what is measured, each in processes of its own, and says what those use."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from linkedaccounts.loadtest.processes import usage_of

SERVE = (sys.executable, "-c", "from linkedaccounts.cli.main import main; main()", "serve")
ECHO = (sys.executable, str(Path(__file__).with_name("echo.py")))
STARTED_SECONDS, STOPPED_SECONDS = 60.0, 10.0


class DidNotStart(Exception):
    """A server that ended, or said nothing for a minute; the text is what it printed."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers on 127.0.0.1, in the process ``pid`` and those below it; ``scratch`` is its folder."""

    port: int
    pid: int
    scratch: Path

    @property
    def target(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """User and system time of all its processes that live, since their start."""
        return sum(usage.cpu_seconds for usage in usage_of((self.pid,), 0))

    def memory_bytes(self) -> int:
        """Resident memory of all its processes."""
        return sum(usage.memory_bytes for usage in usage_of((self.pid,), 0))


@contextmanager
def served(*flags: str, workers: int = 1, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """`linked-accounts serve` with more ``flags``, with an empty data directory, its log in a file; all workers answer.

    Recording and logging are on, as by default, and so are metrics.
    """
    said = '"serving"' if workers == 1 else '"supervising"'
    port = free_port()
    with TemporaryDirectory(prefix="linked-accounts-bench-") as folder:
        own = ("--port", str(port), "--metrics-port", str(free_port()), "--workers", str(workers), "--data-dir", folder)
        command = (*SERVE, *own, "--drain-notice-seconds", "0", *flags)
        with running(command, port, Path(folder), lambda log: said in log, environment) as server:
            yield server


@contextmanager
def echoed(reply_bytes: int) -> Iterator[Running]:
    """The bare echo: see `echo.py`."""
    port = free_port()
    command = (*ECHO, "--port", str(port), "--reply-bytes", str(reply_bytes))
    with (
        TemporaryDirectory(prefix="linked-accounts-bench-") as folder,
        running(command, port, Path(folder), lambda log: "echo on" in log) as server,
    ):
        yield server


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    scratch: Path,
    answers: Callable[[str], bool],
    environment: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """A command that listens on ``port``, until the block ends; ``answers`` says so of what it printed. DidNotStart.

    What it prints goes to the file `log` in ``scratch``.
    """
    log = scratch / "log"
    with log.open("wb") as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=subprocess.STDOUT, env=environment)  # noqa: S603  # what is measured
    try:
        _wait(process, log, answers)
        yield Running(port, process.pid, scratch)
    finally:
        _stop(process)


def takes_connections(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], log: Path, answers: Callable[[str], bool]) -> None:
    until = time.monotonic() + STARTED_SECONDS
    while not answers(said := log.read_text("utf-8", "replace")):
        if process.poll() is not None or time.monotonic() > until:
            raise DidNotStart(said.strip())
        time.sleep(0.02)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPPED_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
