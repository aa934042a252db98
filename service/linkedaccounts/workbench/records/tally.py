"""What was read, and what could not be replayed and why: counted for a range, and then for all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from linkedaccounts.workbench.records.reading import Gap, Place

MOST_REASONS = 100
"""So many reasons are told apart; it takes a file that somebody damaged on purpose to have more."""

OTHER = "for other reasons"


@dataclass(slots=True)
class Unplayed:
    """Lines that cannot be replayed for one reason: how many, and the first of them."""

    count: int
    first: Place


@dataclass(slots=True)
class Reading:
    """Lines read so far; those replayed by decision, those that were not by reason, those that the service lost."""

    lines: int = 0
    replayed: Counter[str] = field(default_factory=Counter)
    unplayed: dict[str, Unplayed] = field(default_factory=dict)
    lost: int = 0

    def skip(self, reason: str, place: Place, count: int = 1) -> None:
        """Notes lines that cannot be replayed, the first of them at a place."""
        told = reason if reason in self.unplayed or len(self.unplayed) < MOST_REASONS else OTHER
        noted = self.unplayed.setdefault(told, Unplayed(0, place))
        noted.count += count
        noted.first = min(noted.first, place)

    def note_gap(self, gap: Gap) -> None:
        """Notes what the service says it lost."""
        self.lost += gap.lost

    def add(self, other: Reading, offsets: Mapping[str, int]) -> None:
        """Adds what was read of a range, whose places count lines from its beginning: ``offsets`` by file."""
        for reason, noted in other.unplayed.items():
            self.skip(reason, moved(noted.first, offsets), noted.count)
        self.lines += other.lines
        self.replayed.update(other.replayed)
        self.lost += other.lost

    @property
    def skipped(self) -> int:
        """How many lines could not be replayed."""
        return sum(noted.count for noted in self.unplayed.values())


def moved(place: Place, offsets: Mapping[str, int]) -> Place:
    """A place in a range as a place in its file: ``offsets`` tells the lines of each file before the range."""
    return Place(place.file, place.line + offsets.get(place.file, 0))
