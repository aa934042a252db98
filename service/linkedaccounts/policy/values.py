"""Sets of values of one fact: what a condition admits, exactly, so that conditions can be compared.

A finite fact (yes/no, enum, code) has ``Members``; a fact that counts, dates or measures has ``Spans`` of whole
numbers: days as ordinals, decimals in units of 10⁻⁹. Whether "unknown" is in a set is kept beside its values: no
condition admits it, only the set of everything does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Encoded: TypeAlias = str | bool | int
"""A fact's value as sets and the engine hold it."""

LOWEST, HIGHEST = -(2**62), 2**62
"""Bounds beyond every count, day and amount, and within the engine's 64-bit integers."""


@dataclass(frozen=True, slots=True)
class Members:
    """Some of the values of a finite fact."""

    values: frozenset[Encoded]
    unknown: bool = False

    def __contains__(self, value: Encoded | None) -> bool:
        return self.unknown if value is None else value in self.values

    def __bool__(self) -> bool:
        return self.unknown or bool(self.values)

    def intersect(self, other: ValueSet) -> ValueSet:
        """The values in both."""
        assert isinstance(other, Members)
        return Members(self.values & other.values, self.unknown and other.unknown)

    def minus(self, other: ValueSet) -> ValueSet:
        """The values in this set alone."""
        assert isinstance(other, Members)
        return Members(self.values - other.values, self.unknown and not other.unknown)

    def unite(self, other: ValueSet) -> ValueSet:
        """The values in either."""
        assert isinstance(other, Members)
        return Members(self.values | other.values, self.unknown or other.unknown)

    def example(self) -> Encoded | None:
        """One of the values, always the same; None if only "unknown" is in the set."""
        return min(self.values, key=str, default=None)


@dataclass(frozen=True, slots=True)
class Spans:
    """Whole numbers in ``spans``: pairs of first and last, ascending, neither touching nor overlapping."""

    spans: tuple[tuple[int, int], ...]
    unknown: bool = False

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]], unknown: bool = False) -> Spans:
        """The numbers of any spans, in any order; empty ones (first > last) are left out."""
        joined: list[tuple[int, int]] = []
        for first, last in sorted(span for span in spans if span[0] <= span[1]):
            if joined and first <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
            else:
                joined.append((first, last))
        return cls(tuple(joined), unknown)

    def __contains__(self, value: Encoded | None) -> bool:
        if value is None:
            return self.unknown
        return any(first <= int(value) <= last for first, last in self.spans)

    def __bool__(self) -> bool:
        return self.unknown or bool(self.spans)

    def intersect(self, other: ValueSet) -> ValueSet:
        """The values in both."""
        assert isinstance(other, Spans)
        # Ascending and apart as both are, what they have in common is too: nothing is to be sorted or joined.
        both = [(max(a, c), min(b, d)) for a, b in self.spans for c, d in other.spans if a <= d and c <= b]
        return Spans(tuple(both), self.unknown and other.unknown)

    def minus(self, other: ValueSet) -> ValueSet:
        """The values in this set alone."""
        assert isinstance(other, Spans)
        left = list(self.spans)
        for first, last in other.spans:
            left = [
                piece
                for a, b in left
                for piece in ((a, min(b, first - 1)), (max(a, last + 1), b))
                if piece[0] <= piece[1]
            ]
        return Spans.of(left, self.unknown and not other.unknown)

    def unite(self, other: ValueSet) -> ValueSet:
        """The values in either."""
        assert isinstance(other, Spans)
        return Spans.of((*self.spans, *other.spans), self.unknown or other.unknown)

    def example(self) -> Encoded | None:
        """One of the values, always the same: a bound of the first span; None if only "unknown" is in the set."""
        if not self.spans:
            return None
        first, last = self.spans[0]
        return first if first > LOWEST else last


ValueSet: TypeAlias = Members | Spans


def only(value: Encoded) -> ValueSet:
    """The set of one value."""
    return Members(frozenset({value})) if isinstance(value, str | bool) else Spans(((value, value),))
