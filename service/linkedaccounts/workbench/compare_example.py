"""Facts out of a region, as a person would choose them: complete enough that both policies answer for sure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.given_facts import completed
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.regions import STORE_FACTS, Box, Space, intersect
from linkedaccounts.policy.values import Encoded, Spans, ValueSet
from linkedaccounts.policy.vocabulary import FactType


@dataclass(frozen=True, slots=True)
class Example:
    """Facts as a case states them, and the rules that decide on them before and after."""

    facts: Mapping[str, Encoded | None]
    before: tuple[Rule, ...]
    after: tuple[Rule, ...]


class Examples:
    """Examples for one decision of two policies; days lie as near to ``day`` as they can."""

    def __init__(self, old: Decision, new: Decision, space: Space, day: date) -> None:
        self._old, self._new, self._space, self._day = old, new, space, day.toordinal()
        self._looked_at = {*old.looks_at, *new.looks_at}
        rows = [*old.space.rows[:1], *new.space.rows[:1]]
        self._tied = {path for row in rows for path in row.facts} - set(STORE_FACTS)
        self._of_stores = {path for row in rows for path in (*row.facts, row.day_fact)}

    def of(self, boxes: Iterable[Box]) -> Example:
        """An example out of the first of some boxes in which facts can occur; there must be one."""
        box = next(box for box in boxes if self._space.example(box) is not None)
        return self.stating(self._chosen(box))

    def stating(self, facts: Mapping[str, Encoded | None]) -> Example:
        """The example of given facts."""
        before, after = (decision.decide(completed(facts, decision)) for decision in (self._old, self._new))
        return Example(facts, before, after)

    def needed(self, box: Box) -> set[str]:
        """The facts that an example out of a box must state: not what the catalogues say of a store and a day."""
        paths = set(box) | {path for path in self._looked_at if self._uncertain(path)}
        if not self._of_stores.isdisjoint(paths | self._looked_at):
            paths |= self._of_stores
        return paths - self._tied

    def _uncertain(self, path: str) -> bool:
        """Whether a fact that is not stated would be taken for unknown, though it never is."""
        fact = self._space.facts[path]
        return not fact.domain.unknown and fact.type not in (FactType.YES_OR_NO, FactType.COUNT)

    def _chosen(self, box: Box) -> dict[str, Encoded | None]:
        inside = self._on_the_nearest_day(box)
        values = {path: inside.get(path, self._space.facts[path].domain) for path in self.needed(box)}
        return {path: self._picked(path, values[path]) for path in values}

    def _on_the_nearest_day(self, box: Box) -> Box:
        """The part of a box that lies in one row of the catalogue."""
        met = [(row.day_fact, both) for row in self._space.rows if (both := intersect(box, row.box)) is not None]
        return min(met, key=lambda one: self._distance(one[1][one[0]]), default=("", box))[1]

    def _distance(self, days: ValueSet) -> int:
        return abs(nearest(days, self._day) - self._day)

    def _picked(self, path: str, values: ValueSet) -> Encoded | None:
        if self._space.facts[path].type is FactType.DATE:
            return nearest(values, self._day)
        return values.example()


def nearest(values: ValueSet, wanted: int) -> int:
    """The number of a set that is nearest to the wanted one; the set must have one."""
    assert isinstance(values, Spans)
    bounds = [min(max(wanted, first), last) for first, last in values.spans]
    return min(bounds, key=lambda value: abs(value - wanted))
