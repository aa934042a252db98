"""What processes use, read from /proc; nothing where there is none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from linkedaccounts.loadtest.result import Usage

PROC = Path("/proc")


def usage_of(pids: Iterable[int], second: int) -> list[Usage]:
    """What each process and all its descendants have used; those that have ended are left out."""
    family = dict.fromkeys(each for pid in pids for each in _family(pid))
    return [usage for pid in family if (usage := _usage(pid, second)) is not None]


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in sorted(PROC.glob(f"{pid}/task/*/children")):
        try:
            named = children.read_text("ascii").split()
        except OSError:
            continue  # it has just ended
        for child in named:
            yield from _family(int(child))


def _usage(pid: int, second: int) -> Usage | None:
    try:
        fields = (PROC / str(pid) / "stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    if fields[0] == "Z":
        return None  # it has ended, and nobody has asked yet how
    # Counted from the third field of proc(5), the one after the name: user and system time, and resident pages.
    ticks, pages = int(fields[11]) + int(fields[12]), int(fields[21])
    return Usage(second, pid, ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"))
