"""Which of many regions can meet at all: a cheap first look, so that not every pair is compared box by box."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from linkedaccounts.policy.regions import Box
from linkedaccounts.policy.values import HIGHEST, LOWEST, Encoded, Members, Spans

Region: TypeAlias = Sequence[Box]

Extent: TypeAlias = tuple[int, int]
"""The first and the last number that a region may have of an ordered fact."""

_ANY: Extent = (LOWEST, HIGHEST)


def meeting(regions: Sequence[Region]) -> Iterator[tuple[int, int]]:
    """The numbers of each two regions, but of those that are told apart by one of two facts.

    They want different values of a finite fact, such as the store, or lie apart in an ordered one, such as a day. It is
    the fact of each kind that tells most of them apart.
    """
    wanted = [_finite_values(region) for region in regions]
    facts = sorted({fact for values in wanted for fact in values})
    everything = range(len(regions))
    groups = min((_groups(wanted, fact) for fact in facts), key=_largest, default={None: set(everything)})
    extents = _most_telling_extents(regions)
    unbound = groups.get(None, set())
    near: list[set[int]] = [set() for _ in regions]
    for group in groups.values():
        for one, other in _overlapping(group, extents):
            near[one].add(other)
    if unbound and len(unbound) < len(regions):
        for one, other in _overlapping(everything, extents):
            if one in unbound or other in unbound:
                near[one].add(other)
    for number, others in enumerate(near):
        yield from ((number, other) for other in sorted(others))


def _most_telling_extents(regions: Sequence[Region]) -> Sequence[Extent]:
    """The regions' extents in the ordered fact in which the fewest overlap; all of them overlap if there is none."""
    named = [_extents(region) for region in regions]
    facts = sorted({fact for extents in named for fact in extents})
    by_fact = ([extents.get(fact, _ANY) for extents in named] for fact in facts)
    return min(by_fact, key=_overlaps, default=[_ANY] * len(regions))


def _extents(region: Region) -> Mapping[str, Extent]:
    """A region's extent in each ordered fact which all of its boxes name."""
    spans = [
        {fact: sets.spans for fact, sets in box.items() if isinstance(sets, Spans) and sets.spans} for box in region
    ]
    shared = set.intersection(*(set(box) for box in spans)) if spans else set()
    return {fact: (min(box[fact][0][0] for box in spans), max(box[fact][-1][1] for box in spans)) for fact in shared}


def _overlaps(extents: Sequence[Extent]) -> int:
    """How many pairs of extents overlap."""
    begins = sorted(first for first, _ in extents)
    return sum(bisect_right(begins, last) - bisect_left(begins, first) for first, last in extents)


def _overlapping(numbers: Iterable[int], extents: Sequence[Extent]) -> Iterator[tuple[int, int]]:
    """The pairs of numbers, the smaller first, whose extents overlap."""
    in_order = sorted(numbers, key=lambda number: extents[number])
    for index, one in enumerate(in_order):
        for other in in_order[index + 1 :]:
            if extents[other][0] > extents[one][1]:
                break
            yield min(one, other), max(one, other)


def _groups(wanted: Sequence[Mapping[str, frozenset[Encoded]]], fact: str) -> Mapping[Encoded | None, set[int]]:
    """The regions that want each value of a fact; under None those that take any."""
    groups: dict[Encoded | None, set[int]] = defaultdict(set)
    for number, values in enumerate(wanted):
        for value in values.get(fact, (None,)):
            groups[value].add(number)
    return groups


def _largest(groups: Mapping[Encoded | None, set[int]]) -> int:
    return max(len(group) for group in groups.values()) + len(groups.get(None, ()))


def _finite_values(region: Region) -> Mapping[str, frozenset[Encoded]]:
    """The values that a region wants of each finite fact which all of its boxes name."""
    named = [{fact: sets.values for fact, sets in box.items() if isinstance(sets, Members)} for box in region]
    shared = set.intersection(*(set(box) for box in named)) if named else set()
    return {fact: frozenset().union(*(box[fact] for box in named)) for fact in shared}
