"""The service as its users run it: a process of its own, on a free port."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
COMMAND = (str(Path(sys.executable).with_name("linked-accounts")),)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], check=False, capture_output=True, text=True, timeout=60, env=environment()
    )


def environment() -> dict[str, str]:
    """This process's environment, without settings of the service."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LINKED_ACCOUNTS_")}


@contextmanager
def serving(data_dir: Path, *flags: str) -> Iterator[str]:
    """The address of a service that runs meanwhile; it is told to stop at the end, and must stop by itself."""
    arguments = [*COMMAND, "serve", "--port", "0", "--data-dir", str(data_dir), "--drain-notice-seconds", "0", *flags]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stderr is not None
        try:
            yield _address(process.stderr)
        finally:
            process.terminate()
            process.communicate(timeout=30)
    assert process.returncode == 0


def _address(log: IO[bytes]) -> str:
    seen: list[Any] = []
    for line in log:
        seen.append(line)
        if line.startswith(b"{") and (event := json.loads(line))["event"] == "serving":
            return str(event["address"])
    raise AssertionError(b"".join(seen).decode())
