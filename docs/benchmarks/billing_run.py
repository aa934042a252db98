"""One `linked-accounts billing run`, as processes of its own, and what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

MAIN = "from linkedaccounts.cli.main import main; main()"
TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Ran:
    """Charges made; seconds by the clock, of the run's CPU and of the server's; the most that a process had, in MiB."""

    charges: int
    seconds: float
    cpu: float
    server_cpu: float
    peak: float

    def less(self, start: Ran) -> Ran:
        """What it took beside starting."""
        cpu, server = self.cpu - start.cpu, self.server_cpu - start.server_cpu
        return Ran(self.charges, self.seconds - start.seconds, cpu, server, self.peak)


def billing_run(url: str, day: date, processes: int, scratch: Path) -> Ran:
    """Charges through a day; RuntimeError if the command fails."""
    settings = ("--database", url, "--data-dir", str(scratch), "--processes", str(processes))
    command = (sys.executable, "-c", MAIN, "billing", "run", "--json", "--day", str(day), *settings)
    server, begun = server_cpu(url), time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603  # ours
        said = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[3:])} ended with {process.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    return Ran(_charges(said), seconds, cpu, server_cpu(url) - server, usage.ru_maxrss / 1024)


def server_cpu(url: str) -> float:
    """Seconds of CPU that a PostgreSQL has had, with all its processes; nothing if it is not on this machine."""
    if not url.startswith("postgresql"):
        return 0.0
    with closing(psycopg.connect(url)) as connection:
        backend = connection.info.backend_pid
        if not _is_postgres(backend):
            return 0.0
        server = int(_stat(backend)[1])
    children = (PROC / str(server) / "task" / str(server) / "children").read_text("ascii").split()
    ended, alive = _stat(server)[11:15], [ticks for child in children for ticks in _stat(int(child))[11:13]]
    return sum(map(int, (*ended, *alive))) / TICKS


def _is_postgres(pid: int) -> bool:
    name = PROC / str(pid) / "comm"
    return name.exists() and name.read_text("ascii").strip() == "postgres"


def _stat(pid: int) -> list[str]:
    """What proc(5) says of a process from its third field on, nothing once it has ended.

    The 14th to 17th fields are ticks: user and system time of its own, and of its children that have ended.
    """
    try:
        return (PROC / str(pid) / "stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _charges(said: bytes) -> int:
    currencies = json.loads(said)["currencies"]
    return sum(each["charges"] for each in currencies.values())
