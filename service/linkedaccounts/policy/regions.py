"""Where a condition holds, as regions of facts: a union of boxes, each a set of values for some of the facts.

Exact, because every fact is finite or ordered whole numbers. With regions, "can both match", "can never match" and
"always overridden" are computed, not sampled; and the engine's network is compiled from the same boxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from linkedaccounts.policy.condition import AllOf, AnyOf, Condition, FactTest, Not
from linkedaccounts.policy.values import Encoded, Spans, ValueSet, only
from linkedaccounts.policy.vocabulary import Fact

Box: TypeAlias = Mapping[str, ValueSet]
"""Facts by path, each with the values it may have; a fact that is not there may have any, or be unknown."""

STORE_FACTS = ("store.code", "account.store")
"""The facts that say which store a decision is about."""

MOST_BOXES = 2_000
"""More boxes than this in one condition are more than the engine's network takes for one rule."""


MOST_PAIRS = 200_000
"""More pairs of boxes than this are not compared: it would take seconds."""


class TooComplex(Exception):
    """A condition falls into more than ``MOST_BOXES`` boxes, or takes more than ``MOST_PAIRS`` comparisons."""


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """What the catalogue says of one store for a time: facts about a store that hold together."""

    facts: Mapping[str, Encoded]
    day_fact: str
    days: tuple[int, int]

    @property
    def box(self) -> Box:
        """All facts that the row admits."""
        return {**{fact: only(value) for fact, value in self.facts.items()}, self.day_fact: Spans((self.days,))}


class Space:
    """All facts that can occur: each fact's values, and the rows of the catalogue that tie some of them together."""

    def __init__(self, facts: Mapping[str, Fact], rows: Sequence[CatalogueRow] = ()) -> None:
        self.facts = facts
        self._rows = rows

    @property
    def rows(self) -> Sequence[CatalogueRow]:
        """What the catalogue says of each store for each time."""
        return self._rows

    def boxes(self, condition: Condition | None) -> list[Box]:
        """The boxes in which a condition holds; one box without facts for no condition. TooComplex if too many."""
        return [{}] if condition is None else self._boxes(condition, affirmed=True)

    def _boxes(self, condition: Condition, affirmed: bool) -> list[Box]:
        match condition:
            case FactTest(fact, admits):
                wanted = admits if affirmed else self.facts[fact].opposite(admits)
                return [{fact: wanted}] if wanted else []
            case Not(part):
                return self._boxes(part, not affirmed)
            case AllOf(parts) | AnyOf(parts):
                lists = [self._boxes(part, affirmed) for part in parts]
                if isinstance(condition, AllOf) == affirmed:
                    return self._product(lists)
                return _bounded(_united([box for boxes in lists for box in boxes]))

    def _product(self, lists: Iterable[list[Box]]) -> list[Box]:
        product: list[Box] = [{}]
        for boxes in lists:
            if len(product) * len(boxes) > MOST_PAIRS:
                raise TooComplex
            product = _bounded(
                [both for one in product for other in boxes if (both := intersect(one, other)) is not None]
            )
        return product

    def can_occur(self, facts: Mapping[str, Encoded | None]) -> bool:
        """Whether the catalogue has a store and a day of which these facts hold; a fact that is None may be any."""
        known = {fact: value for fact, value in facts.items() if value is not None}
        return self.example({fact: only(value) for fact, value in known.items()}) is not None

    def example(self, box: Box) -> Mapping[str, Encoded | None] | None:
        """Facts in the box that can occur: one value for each fact of the box; None if no such facts can occur."""
        if not self._rows or not any(fact in self._rows[0].facts for fact in box):
            return self._within_days(box)
        for row in self._rows:
            if all(value in box[fact] for fact, value in row.facts.items() if fact in box):
                both = intersect(box, row.box)
                if both is not None:
                    return {fact: both[fact].example() for fact in box}
        return None

    def catalogued(self, facts: Mapping[str, Encoded | None]) -> Mapping[str, Encoded]:
        """What the catalogue adds to facts that name a store and a day; nothing if it has no such store then."""
        for row in self._rows:
            day = facts.get(row.day_fact)
            same = any(facts.get(fact) == row.facts[fact] for fact in STORE_FACTS if fact in row.facts)
            if same and day is not None and row.days[0] <= int(day) <= row.days[1]:
                return row.facts
        return {}

    def _within_days(self, box: Box) -> Mapping[str, Encoded | None] | None:
        if self._rows and self._rows[0].day_fact in box:
            first = min(row.days[0] for row in self._rows)
            last = max(row.days[1] for row in self._rows)
            both = intersect(box, {self._rows[0].day_fact: Spans(((first, last),))})
            if both is None:
                return None
            box = both
        return {fact: values.example() for fact, values in box.items()}

    def remaining(self, boxes: Iterable[Box], others: Iterable[Box]) -> list[Box]:
        """The parts of ``boxes`` that lie in none of ``others`` and can occur; TooComplex if they are too many."""
        left = list(boxes)
        pairs = 0
        for other in others:
            pairs += len(left)
            if pairs > MOST_PAIRS:
                raise TooComplex
            left = _bounded([piece for box in left for piece in self._minus(box, other)])
            if not left:
                break
        return [box for box in left if self.example(box) is not None]

    def covered(self, boxes: Iterable[Box], others: Sequence[Box]) -> bool:
        """Whether nothing that can occur in ``boxes`` lies outside all of ``others``; TooComplex if it takes too long.

        As ``not remaining(…)``, and faster where something does: it follows one part at a time to its end.
        """
        left = [(box, 0) for box in boxes]
        pairs = 0
        while left:
            box, at = left.pop()
            while at < len(others) and disjoint(box, others[at]):
                at += 1
            pairs += at
            if pairs > MOST_PAIRS:
                raise TooComplex
            if at < len(others):
                left.extend((piece, at + 1) for piece in self._minus(box, others[at]))
            elif self.example(box) is not None:
                return False
        return True

    def _minus(self, box: Box, other: Box) -> list[Box]:
        if disjoint(box, other):
            return [box]
        pieces: list[Box] = []
        inside = dict(box)
        for fact, values in other.items():
            own = inside.get(fact, self.facts[fact].domain)
            if outside := own.minus(values):
                pieces.append({**inside, fact: outside})
            inside[fact] = own.intersect(values)
        return pieces


def intersect(one: Box, other: Box) -> Box | None:
    """The box of the facts that lie in both; None if there are none."""
    both = dict(one)
    for fact, values in other.items():
        both[fact] = both[fact].intersect(values) if fact in both else values
        if not both[fact]:
            return None
    return both


def inside(box: Box, facts: Mapping[str, Encoded | None]) -> bool:
    """Whether facts lie in a box; one that is missing or None is unknown."""
    return all(facts.get(fact) in values for fact, values in box.items())


def disjoint(one: Box, other: Box) -> bool:
    """Whether no facts lie in both."""
    return any(fact in one and not one[fact].intersect(values) for fact, values in other.items())


def _united(boxes: list[Box]) -> list[Box]:
    """The boxes, those that name one and the same fact alone as one box."""
    alone: dict[str, ValueSet] = {}
    for box in boxes:
        if len(box) == 1:
            ((fact, values),) = box.items()
            alone[fact] = alone[fact].unite(values) if fact in alone else values
    return [*({fact: values} for fact, values in alone.items()), *(box for box in boxes if len(box) != 1)]


def _bounded(boxes: list[Box]) -> list[Box]:
    if len(boxes) > MOST_BOXES:
        raise TooComplex
    return boxes
