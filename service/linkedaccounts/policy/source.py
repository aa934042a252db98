"""Rule files as they stand: a tree of nodes, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from linkedaccounts.policy.place import Place


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: its text as written, and the kind YAML 1.2 takes it for (str, int, float, bool, null)."""

    text: str
    kind: str
    place: Place


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping of keys to values, in the order of the file. A key that stands twice is a problem found at reading."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """The value of a key."""
        return next((value for name, value in self.entries if name.text == key), None)

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.entries)


Node: TypeAlias = Scalar | Listing | Table


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A rule file that could be read: its path in the rules directory, its bytes, its lines, what they say."""

    path: str
    content: bytes = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    root: Table

    def line(self, number: int) -> str:
        """The text of a line, counted from 1; empty beyond the file."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""
