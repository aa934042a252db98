"""The rate book kept in the data directory, across restarts and for every process of the service."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Protocol

import structlog

from linkedaccounts.application.rate_books import BookNotKept, BookRejected, PublishedBook
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.storage.durable_file import replace_file
from linkedaccounts.storage.ecb_file import read_ecb_file


class Warn(Protocol):
    """Says what went wrong and was got over."""

    def __call__(self, event: str, **fields: str) -> object:
        """Says it: the name of an event and its fields."""


def log_warning(event: str, **fields: str) -> None:
    """Warns in the log of the service."""
    structlog.get_logger().warning(event, **fields)


class KeptRateBook:
    """The file ``rates/eurofxref-hist.csv`` of a data directory: always a whole published file, or none.

    It is only ever replaced by renaming a finished file over it, so that a reader sees the old or the new one.
    """

    def __init__(self, data_dir: Path, warn: Warn = log_warning) -> None:
        self._directory = data_dir / "rates"
        self.path = self._directory / "eurofxref-hist.csv"
        self._warn = warn

    def load(self) -> RateBook | None:
        """The kept book. A file that is no rate book is set aside with a warning, beside its place."""
        try:
            return self._read()
        except BookRejected as rejected:
            self._set_aside(rejected)
        except OSError as problem:
            self._warn("kept_rates_unreadable", path=str(self.path), problem=str(problem))
        return None

    def keep(self, published: PublishedBook) -> None:
        """Replaces the kept book in one step, within ``exclusively``; from then on it survives a loss of power."""
        try:
            replace_file(self.path, published.text)
        except OSError as problem:
            raise self._not_kept(problem) from problem

    def stamp(self) -> tuple[int, int, int] | None:
        """Which file is kept: its number, size and time of change; None if there is none."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Holds off every other process that would replace the kept book, waiting for one that is at it."""
        try:
            lock = self._lock()
        except OSError as problem:
            raise self._not_kept(problem) from problem
        with lock:
            yield

    def _lock(self) -> IO[bytes]:
        self._directory.mkdir(parents=True, exist_ok=True)
        with ExitStack() as on_failure:
            lock = on_failure.enter_context((self._directory / ".lock").open("ab"))
            fcntl.flock(lock, fcntl.LOCK_EX)
            on_failure.pop_all()
        return lock

    def _read(self) -> RateBook | None:
        try:
            return read_ecb_file(self.path.read_bytes()).book
        except FileNotFoundError:
            return None

    def _set_aside(self, rejected: BookRejected) -> None:
        aside = self.path.with_name(self.path.name + ".damaged")
        try:
            with self.exclusively():
                if self._still_damaged():
                    self.path.replace(aside)
        except (BookNotKept, OSError):
            aside = self.path  # nothing can be written here; the file stays and is passed over
        self._warn("kept_rates_damaged", path=str(self.path), set_aside=str(aside), problem=str(rejected))

    def _still_damaged(self) -> bool:
        """Another process may have put a sound file in its place meanwhile."""
        try:
            self._read()
        except BookRejected:
            return True
        return False

    def _not_kept(self, problem: OSError) -> BookNotKept:
        return BookNotKept([f"no rate book can be kept in {self._directory}: {problem.strerror or problem}"])
