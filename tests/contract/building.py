"""The contract as the tests build it: with the programs that the build runs."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROTOS = ROOT / "protos"


def generate(*options: str | Path) -> None:
    """Runs protos/generate.py; CalledProcessError if it fails."""
    subprocess.run([sys.executable, PROTOS / "generate.py", *options], check=True, capture_output=True)


def buf(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs buf with the settings of protos/buf.yaml."""
    command = [Path(sysconfig.get_path("scripts"), "buf"), *arguments, "--config", PROTOS / "buf.yaml"]
    return subprocess.run(command, check=False, capture_output=True, text=True)
