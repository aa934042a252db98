"""Works through ranges of files, in this process or in several, and hands the findings back in the ranges' order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeAlias, TypeVar

from linkedaccounts.workbench.records.ranges import Range

T = TypeVar("T")

Worker: TypeAlias = Callable[[Range], T]

_worker: list[Worker[Any]] = []
"""The worker of this process, once it has begun."""


def work(ranges: Sequence[Range], begin: Callable[[], Worker[T]], processes: int) -> Iterator[T]:
    """What a worker finds in each range, in so many processes at most.

    ``begin`` makes a worker, once in each process; for several it must be picklable.

    Fresh processes, no forks: the engine's handles and whatever else runs here are not for two.
    """
    needed = min(processes, len(ranges))
    if needed <= 1:
        yield from map(begin(), ranges)
        return
    with ProcessPoolExecutor(needed, get_context("spawn"), _begin, (begin,)) as pool:
        yield from pool.map(_work, ranges)


def _begin(begin: Callable[[], Worker[Any]]) -> None:
    _worker.append(begin())


def _work(part: Range) -> Any:
    return _worker[0](part)
