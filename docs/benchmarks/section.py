"""What a part of the benchmarks takes and gives: `bench.py` runs the parts, one by one, and writes the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: ``rounds`` times in alternating order, ``seconds`` for each thing in each round.

    ``scratch`` is a folder that lasts as long as the run: what has to be installed or built goes there. ``quick`` says
    that it is only for a look: what takes long by itself is made shorter too.
    """

    rounds: int
    seconds: float
    scratch: Path
    quick: bool = False


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
    """A part of the page: a heading, its text in Markdown (what was run, how often, tables), and its aims.

    ``missing`` names each tool that could not be had, so that something was not measured: the run then fails.
    """

    title: str
    text: str
    aims: Sequence[Aim] = ()
    missing: Sequence[str] = ()


class CannotBeHad(Exception):
    """A part cannot be measured at all, for want of a tool: a short sentence for the page, of no machine's paths."""


Measure: TypeAlias = Callable[[Effort], Section]
"""What every part's module offers as `measure`."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown: the first column to the left, figures to the right."""
    marks = ["---", *["--:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in (head, marks, *rows))
