"""Works through ranges of files, in this process or in several, and adds up what is found, in the ranges' order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Protocol, Self, TypeAlias, TypeVar

from linkedaccounts.workbench.records.ranges import Range, lines_of
from linkedaccounts.workbench.records.reading import CannotReplay, Gap, Place, Recorded, read_line
from linkedaccounts.workbench.records.tally import Reading


class Findings(Protocol):
    """What is found in a range, or in several."""

    @property
    def reading(self) -> Reading:
        """What was read."""

    def add(self, other: Self, offsets: Mapping[str, int]) -> None:
        """Adds what was found in the next range; ``offsets`` are the lines of each file before it."""


Found = TypeVar("Found", bound=Findings)

Worker: TypeAlias = Callable[[Range], Found]

_worker: list[Worker[Any]] = []
"""The worker of this process, once it has begun."""


def found_so_far(
    ranges: Sequence[Range], begin: Callable[[], Worker[Found]], found: Found, processes: int
) -> Iterator[tuple[Range, Found]]:
    """After each range, ``found`` with all that workers found up to there, in so many processes at most.

    ``begin`` makes a worker, once in each process; for several it must be picklable.
    """
    offsets = dict[str, int]()
    for part, of_part in zip(ranges, _work(ranges, begin, processes), strict=True):
        found.add(of_part, offsets)
        offsets[str(part.file)] = offsets.get(str(part.file), 0) + of_part.reading.lines
        yield part, found


def read_range(part: Range, reading: Reading, decide_again: Callable[[Recorded, Place], None]) -> None:
    """Hands on each decision recorded in a range with its place, whose line counts from the range's beginning.

    ``reading`` notes what is read, and of which lines ``decide_again`` raises CannotReplay.
    """
    for number, line in enumerate(lines_of(part), start=1):
        reading.lines = number
        place = Place(str(part.file), number)
        try:
            recorded = read_line(line)
            if isinstance(recorded, Gap):
                reading.note_gap(recorded)
                continue
            decide_again(recorded, place)
            reading.replayed[recorded.decision] += 1
        except CannotReplay as reason:
            reading.skip(str(reason), place)


def _work(ranges: Sequence[Range], begin: Callable[[], Worker[Found]], processes: int) -> Iterator[Found]:
    """What is found in each range.

    Fresh processes, no forks: the engine's handles and whatever else runs here are not for two.
    """
    needed = min(processes, len(ranges))
    if needed <= 1:
        yield from map(begin(), ranges)
        return
    with ProcessPoolExecutor(needed, get_context("spawn"), _begin, (begin,)) as pool:
        yield from pool.map(_in_range, ranges)


def _begin(begin: Callable[[], Worker[Any]]) -> None:
    _worker.append(begin())


def _in_range(part: Range) -> Any:
    return _worker[0](part)
