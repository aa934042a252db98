"""Which of many regions can meet at all: a cheap first look, so that not every pair is compared box by box."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from linkedaccounts.policy.regions import Box
from linkedaccounts.policy.values import Encoded, Members

Region: TypeAlias = Sequence[Box]


def meeting(regions: Sequence[Region]) -> Iterator[tuple[int, int]]:
    """The numbers of each two regions, but of those that want different values of one finite fact, such as the store.

    The fact is the one that tells most of them apart.
    """
    wanted = [_finite_values(region) for region in regions]
    facts = sorted({fact for values in wanted for fact in values})
    groups = min((_groups(wanted, fact) for fact in facts), key=_largest, default={None: set(range(len(regions)))})
    near: list[set[int]] = [set() for _ in regions]
    for value, group in groups.items():
        for number in group:
            near[number] |= group if value is not None else set(range(len(regions)))
    unbound = groups.get(None, set())
    for number, others in enumerate(near):
        yield from ((number, other) for other in sorted(others | unbound) if other > number)


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
