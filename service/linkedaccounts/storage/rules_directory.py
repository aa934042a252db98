"""How a rules directory stands: what tells without reading a file whether anybody changed one."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from pathlib import Path

from linkedaccounts.policy.read import rule_files


def state_of(directory: Path) -> Hashable:
    """Equal as long as nobody touches the rule files; what cannot be looked at is a state, too.

    The path behind all links stands in it, so that an atomic swap is seen, by a link or by a rename: of the directory
    that serves or, as Kubernetes does it, of one in the middle of the paths of its files.
    """
    try:
        return str(directory.resolve()), tuple(sorted(_stamps(directory)))
    except (OSError, RuntimeError) as problem:  # RuntimeError: links in a circle, before Python 3.13
        return str(problem)


def _stamps(directory: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Each file's path, device, number, size and time of change."""
    for path in rule_files(directory):
        status = path.stat()
        yield str(path), status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
