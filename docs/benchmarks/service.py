"""Starts what is measured, each in processes of its own, and says what those use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

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
    metrics_port: int = 0

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

    def metrics(self) -> dict[str, float]:
        """Its metrics, of `served` alone: by their names with labels, as Prometheus writes them."""
        with urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=10) as page:  # this machine's own
            lines = page.read().decode().splitlines()
        named = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in named}


@contextmanager
def served(*flags: str, workers: int = 1, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """`linked-accounts serve` with more ``flags``, with an empty data directory, its log in a file; all workers answer.

    Recording and logging are on, as by default, and so are metrics.
    """
    said = '"serving"' if workers == 1 else '"supervising"'
    port, metrics_port = free_port(), free_port()
    with TemporaryDirectory(prefix="linked-accounts-bench-") as folder:
        own = (
            "--port",
            str(port),
            "--metrics-port",
            str(metrics_port),
            "--workers",
            str(workers),
            "--data-dir",
            folder,
        )
        command = (*SERVE, *own, "--drain-notice-seconds", "0", *flags)
        with running(command, port, Path(folder), lambda log: said in log, environment) as server:
            yield replace(server, metrics_port=metrics_port)


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

    What it prints goes to the file `log` in ``scratch``. ``environment`` is added to this process's own.
    """
    variables = {**os.environ, **(environment or {})}
    log = scratch / "log"
    with log.open("wb") as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=subprocess.STDOUT, env=variables)  # noqa: S603  # ours
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
