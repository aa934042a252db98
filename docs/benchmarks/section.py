"""What a part of the benchmarks takes and gives: `bench.py` runs the parts, one by one, and writes the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: ``rounds`` times in alternating order, ``seconds`` for each thing in each round.

    ``scratch`` is a folder that lasts as long as the run: what has to be installed or built goes there.
    """

    rounds: int
    seconds: float
    scratch: Path


@dataclass(frozen=True, slots=True)
class Aim:
    """A row of the table of aims: a ratio, wanted and measured; ``in_the_way`` says why, if it is missed."""

    what: str
    bound: Literal["at least", "at most"]
    wanted: float
    actual: float
    in_the_way: str = ""

    @property
    def reached(self) -> bool:
        """Whether it is."""
        return self.actual >= self.wanted if self.bound == "at least" else self.actual <= self.wanted


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: a heading, its text in Markdown (what was run, how often, tables), and its aims."""

    title: str
    text: str
    aims: Sequence[Aim] = ()


Measure: TypeAlias = Callable[[Effort], Section]
"""What every part's module offers as `measure`."""
