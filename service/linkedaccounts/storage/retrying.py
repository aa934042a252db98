"""Doing a piece of work again where others came between, for a bounded time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from linkedaccounts.application.refusals import TryAgain
from linkedaccounts.storage.faults import Fault, StorageFailed, described, fault_of

T = TypeVar("T")

OVERTAKEN, UNREACHABLE = "TRY_AGAIN", "STORAGE_UNREACHABLE"
"""What a caller is told who is sent away: others came between, or the database does not answer."""


class Warn(Protocol):
    """Says what went wrong, for whoever runs the service."""

    def __call__(self, event: str, **fields: str) -> object:
        """Says it: the name of an event and its fields."""


def log_warning(event: str, **fields: str) -> None:
    """Warns in the log of the service."""
    structlog.get_logger().warning(event, **fields)


class OutcomeUnknown(Exception):
    """The connection was lost while the database committed: all is written, or nothing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long work is tried, in seconds; ``attempts`` bounds those that meet a lost connection or a taken key."""

    seconds: float = 5.0
    attempts: int = 2
    first_pause: float = 0.002
    longest_pause: float = 0.2
    retry_after: float = 1.0
    """What a caller is told to wait who is sent away."""

    def pause(self, attempt: int) -> float:
        """How long to wait after an attempt, counted from 1: longer each time, and differently for everybody."""
        longest = min(self.longest_pause, self.first_pause * (1 << min(attempt, 16)))
        return random.uniform(0, longest)  # noqa: S311  # no secret


def persistently(work: Callable[[], T], patience: Patience, warn: Warn) -> T:
    """What ``work`` returns in the end.

    TryAgain if others keep coming between, the database cannot be reached or an outcome is not known; StorageFailed if
    the database refuses.
    """
    until = time.monotonic() + patience.seconds
    attempt = 0
    while True:
        attempt += 1
        try:
            return work()
        except OutcomeUnknown:
            warn("database_lost_at_commit")
            raise TryAgain(patience.retry_after, UNREACHABLE) from None
        except (DBAPIError, NoConnectionFree) as error:
            _give_up(error, attempt, until, patience, warn)
        time.sleep(patience.pause(attempt))


def _give_up(error: DBAPIError | NoConnectionFree, attempt: int, until: float, patience: Patience, warn: Warn) -> None:
    """Raises what the caller is told, unless another attempt is due. What is raised keeps none of the error's text."""
    fault = fault_of(error)
    if fault is Fault.OTHER or (fault is Fault.TAKEN and attempt >= patience.attempts):
        raise StorageFailed(described(error)) from None
    if fault is Fault.LOST:
        warn("database_unreachable", problem=described(error))
    if time.monotonic() > until or (fault is Fault.LOST and attempt >= patience.attempts):
        raise TryAgain(patience.retry_after, UNREACHABLE if fault is Fault.LOST else OVERTAKEN) from None
