"""Remembers what the engine decided, by what the rules can tell apart.

Facts that no rule tells apart are decided alike: whether a store was registered in May or in June matters only if some
rule draws a line between the two. So a decision is remembered not for the facts themselves, but for all that are alike.
The memory is a tree that grows as it is asked. Each place looks at one fact, whose value leads on to a place where only
those boxes of the rules are open that have the value in them; where none is open any more, the engine's answer is kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

from linkedaccounts.policy.model import FactValue, Rule
from linkedaccounts.policy.regions import Box
from linkedaccounts.policy.values import Encoded, Members, ValueSet
from linkedaccounts.policy.vocabulary import Fact, encode

ROOM, ROOM_A_BOX = 10_000, 40
"""How many boxes the places of one memory hold together, at some hundred bytes: the more, the more boxes there are."""

MOST_INDEXED = 8
"""A place has an index of its boxes, unless each box were in it more often than this on average."""

OTHER = "\0"
"""Where the values of a finite fact lead that no open box names."""

_Key: TypeAlias = FactValue
"""A value of a finite fact; of an ordered one between which cuts it lies; None if it is unknown."""

Find: TypeAlias = Callable[[Mapping[str, FactValue]], tuple[Rule, ...]]


@dataclass(slots=True)
class Memory:
    """How many answers each decision keeps, and how often one was kept already (`hits`) or had to be found (`misses`).

    For all policies of a process, one after the other. Threads that count at the same moment may count once.
    """

    most: int = 4096
    hits: int = 0
    misses: int = 0


@dataclass(slots=True, eq=False)
class _Place:
    """A place in the tree: the boxes still open, the fact to look at, and where its values lead.

    An ordered fact is told apart at ``cuts``. Where no box is open there is no fact to look at, and ``answer`` is what
    holds, once it was asked. ``index`` has the boxes that take a key, where that is not too much.
    """

    boxes: Sequence[Box]
    fact: str = ""
    cuts: Sequence[int] = ()
    index: Mapping[_Key, Sequence[Box]] | None = None
    onward: dict[_Key, _Place] = field(default_factory=dict)
    answer: tuple[Rule, ...] | None = None

    def taking(self, key: _Key, value: Encoded | None) -> Sequence[Box]:
        """The open boxes that name the fact and have the value in them."""
        if self.index is not None:
            return self.index.get(key, ())
        return [box for box in self.boxes if self.fact in box and value in box[self.fact]]


class Remembered:
    """The answers of one decision; of too many all are forgotten. For any number of threads."""

    def __init__(self, boxes: Iterable[Box], facts: Mapping[str, Fact], find: Find, memory: Memory) -> None:
        """``boxes`` are those of all rules, over ``facts``; ``find`` finds an answer that is not remembered."""
        self._facts = facts
        self._find = find
        self._memory = memory
        self._kept = self._boxes = 0
        self._root = self._place([box for box in boxes if box])
        self._most_boxes = ROOM + ROOM_A_BOX * self._boxes

    def __call__(self, facts: Mapping[str, FactValue]) -> tuple[Rule, ...]:
        """The answer to facts, found or remembered."""
        place = self._root
        while fact := place.fact:
            key = value = facts.get(fact)
            if value is not None and (cuts := place.cuts):
                key = bisect_right(cuts, value if type(value) is int else int(encode(value) or 0))
            place = place.onward.get(key) or self._grown(place, key, encode(value))
        answer = place.answer
        if answer is not None:
            self._memory.hits += 1
            return answer
        self._memory.misses += 1
        place.answer = answer = self._find(facts)
        self._kept += 1
        if self._kept >= self._memory.most or self._boxes > self._most_boxes:
            self._forget()
        return answer

    def _forget(self) -> None:
        self._root = replace(self._root, onward={}, answer=None)
        self._kept, self._boxes = 0, len(self._root.boxes)

    def _grown(self, place: _Place, key: _Key, value: Encoded | None) -> _Place:
        """The place to which a value leads that has not come up there."""
        taking = place.taking(key, value)
        other = not taking and value is not None and not place.cuts
        grown = place.onward.get(OTHER) if other else None
        if grown is None:
            left = (box for box in place.boxes if place.fact not in box)
            grown = self._place([*left, *filter(None, (_without(box, place.fact) for box in taking))])
        place.onward[key] = grown
        if other:
            place.onward[OTHER] = grown
        return grown

    def _place(self, boxes: Sequence[Box]) -> _Place:
        self._boxes += len(boxes) + 1
        if not boxes:
            return _Place(boxes)
        fact, cuts = _next_fact(boxes, self._facts)
        return _Place(boxes, fact, cuts, _index(boxes, fact, cuts))


def _without(box: Box, fact: str) -> Box:
    return {other: values for other, values in box.items() if other != fact}


def _next_fact(boxes: Sequence[Box], facts: Mapping[str, Fact]) -> tuple[str, Sequence[int]]:
    """The fact that leaves the fewest boxes open on average, and the cuts at which its values are told apart."""
    sets: dict[str, list[ValueSet]] = {}
    for fact, values in (item for box in boxes for item in box.items()):
        sets.setdefault(fact, []).append(values)
    cuts = {fact: _cuts(of_fact) for fact, of_fact in sets.items()}
    left = {fact: len(boxes) - len(own) * (1 - _share(own, facts[fact], cuts[fact])) for fact, own in sets.items()}
    fact = min(left, key=lambda fact: (left[fact], fact))
    return fact, cuts[fact]


def _cuts(sets: Iterable[ValueSet]) -> Sequence[int]:
    """The numbers from which on one of the sets begins, or has ended; none for a finite fact."""
    spans = (span for values in sets if not isinstance(values, Members) for span in values.spans)
    return sorted({cut for first, last in spans for cut in (first, last + 1)})


def _share(sets: Sequence[ValueSet], fact: Fact, cuts: Sequence[int]) -> Fraction:
    """In which share of the sets a value lies, on average over the values, or over what lies between the cuts."""
    if isinstance(fact.domain, Members):
        named = (len(values.values) for values in sets if isinstance(values, Members))
        return Fraction(sum(named), len(sets) * (len(fact.domain.values) or 1))
    spans = (span for values in sets if not isinstance(values, Members) for span in values.spans)
    between = sum(bisect_right(cuts, last) - bisect_right(cuts, first - 1) for first, last in spans)
    return Fraction(between, len(sets) * (len(cuts) + 1))


def _index(boxes: Sequence[Box], fact: str, cuts: Sequence[int]) -> Mapping[_Key, Sequence[Box]] | None:
    """The boxes that name a fact, by the keys that they take; None if that is too many entries."""
    index: dict[_Key, list[Box]] = {}
    entries = 0
    for box in boxes:
        if fact in box:
            keys = _keys(box[fact], cuts)
            entries += len(keys)
            if entries > MOST_INDEXED * len(boxes):
                return None
            for key in keys:
                index.setdefault(key, []).append(box)
    return index


def _keys(values: ValueSet, cuts: Sequence[int]) -> Collection[_Key]:
    if isinstance(values, Members):
        return values.values
    return [
        key for first, last in values.spans for key in range(bisect_right(cuts, first), bisect_right(cuts, last) + 1)
    ]
