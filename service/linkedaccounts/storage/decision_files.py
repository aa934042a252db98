"""The files that decisions are recorded in: rotated by size, bounded together, shared by nobody.

Every process writes a file of its own and holds a lock on it; what is locked is never deleted by another. The lock goes
with the process, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

PATTERN = "decisions-*.jsonl"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bytes: the most in one file, and in all files of the directory together."""

    file: int
    total: int


class DecisionFiles:
    """Appends lines to the current file of this process, which is made when the first line comes."""

    def __init__(self, directory: Path, bounds: Bounds, write: Callable[[int, bytes], int] = os.write) -> None:
        """``write`` is the operating system's, or what a test puts in its place."""
        self._directory = directory
        self._bounds = bounds
        self._write = write
        self._file: int | None = None
        self._size = 0
        self._numbers = count(1)

    def append(self, lines: bytes) -> None:
        """Writes whole lines, all or none of them; OSError says why none could be."""
        if self._file is not None and self._size + len(lines) > self._bounds.file:
            self.close()
        if self._file is None:
            self._file = self._opened()
        try:
            self._write_all(self._file, lines)
        except OSError:
            os.ftruncate(self._file, self._size)  # no half line stays behind
            raise
        self._size += len(lines)

    def close(self) -> None:
        """Ends the current file; the next line begins another."""
        if self._file is not None:
            os.close(self._file)
        self._file, self._size = None, 0

    def _write_all(self, file: int, lines: bytes) -> None:
        while lines:
            lines = lines[self._write(file, lines) :]

    def _opened(self) -> int:
        """A new file, locked; older ones make room for all that it may come to hold."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._make_room()
        while True:
            began = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
            path = self._directory / f"decisions-{began}-{os.getpid()}-{next(self._numbers)}.jsonl"
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o640)
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink:
                return file
            os.close(file)  # another process made room before it was locked

    def _make_room(self) -> None:
        """Deletes the oldest files, so that all that are left, those being written to at their fullest, fit in."""
        ended, reserved = [], self._bounds.file
        for path in sorted(self._directory.glob(PATTERN)):
            size = _size_if_ended(path)
            if size is None:
                reserved += self._bounds.file
            else:
                ended.append((path, size))
        too_much = reserved + sum(size for _, size in ended) - self._bounds.total
        for path, size in ended:
            if too_much <= 0:
                return
            path.unlink(missing_ok=True)
            too_much -= size


def _size_if_ended(path: Path) -> int | None:
    """The bytes of a file that no process writes to any more; None of one that a process does."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(file).st_size
    except BlockingIOError:
        return None
    finally:
        os.close(file)
