"""Values that hold from a day on."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DatedEntry(Generic[T]):
    """A value that holds from ``since`` through ``through``; None if no end is known."""

    since: date
    through: date | None
    value: T


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A table of values over time: ``entries`` in ascending order, without gap or overlap."""

    entries: tuple[DatedEntry[T], ...]
    _starts: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(entry.since for entry in self.entries))

    @property
    def begins(self) -> date:
        """The first day on which any value holds."""
        return self._starts[0]

    def on(self, day: date) -> DatedEntry[T] | None:
        """What holds on ``day``; None before the first entry and after the end of the last."""
        index = bisect_right(self._starts, day) - 1
        if index < 0:
            return None
        entry = self.entries[index]
        return None if entry.through is not None and day > entry.through else entry
