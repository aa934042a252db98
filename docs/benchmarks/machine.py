"""The machine that measured, as the page states it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

NAMED = ("grpcio", "protobuf", "uvloop", "durable-rules")


def machine() -> str:
    """Its processor, system, Python, and the versions that matter."""
    versions = ", ".join(f"{name} {version(name)}" for name in NAMED)
    cores = len(os.sched_getaffinity(0))
    return (
        f"{_processor()}, {cores} {'core' if cores == 1 else 'cores'}; {platform.system()} {platform.release()}; "
        f"{platform.python_implementation()} {platform.python_version()}; {versions}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return " ".join(value.split())
    return platform.machine()
