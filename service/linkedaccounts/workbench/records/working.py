"""Works through ranges of files, in this process or in several, and hands the findings back in the ranges' order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeAlias, TypeVar

from linkedaccounts.workbench.records.ranges import Range

T = TypeVar("T")

Worker: TypeAlias = Callable[[Range], T]

_worker: list[Worker[Any]] = []
"""The worker of this process, once it has begun."""


def work(ranges: Iterable[Range], begin: Callable[[], Worker[T]], processes: int) -> Iterator[T]:
    """What a worker finds in each range. ``begin`` makes one, once in each process: it must be picklable for several.

    Fresh processes, no forks: the engine's handles and whatever else runs here are not for two.
    """
    if processes == 1:
        yield from map(begin(), ranges)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (begin,)) as pool:
        yield from pool.map(_work, ranges)


def _begin(begin: Callable[[], Worker[Any]]) -> None:
    _worker.append(begin())


def _work(part: Range) -> Any:
    return _worker[0](part)
