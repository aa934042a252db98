"""The nearest misses of a decision: the smallest changes of facts that would change its outcome.

Exact: what decides where is a union of boxes (``outcomes``), and in each box the nearest facts are found fact by fact.
Fewest facts first, then the smallest distance: a day, a unit of a count or of an amount, one value for another are 1
each. A store changes together with what the catalogue says of it; nothing is ever changed to "unknown".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from linkedaccounts.domain.effects import Allowed, Refused
from linkedaccounts.policy.condition import Facts
from linkedaccounts.policy.decide import Decision, refuse
from linkedaccounts.policy.decisions import CHOICE, ELIGIBILITY
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.outcomes import Outcome, outcomes
from linkedaccounts.policy.regions import STORE_FACTS, Box, CatalogueRow, Space
from linkedaccounts.policy.values import Encoded, Members, Spans, ValueSet
from linkedaccounts.policy.vocabulary import DECIMAL_DIGITS, Fact, FactType

MOST_WAYS = 3
"""So many ways to one other outcome are told, each a change of other facts; all change equally many."""

_SAYABLE: Mapping[FactType, Spans] = {
    FactType.COUNT: Spans(((0, 2**31 - 1),)),
    FactType.DATE: Spans(((date.min.toordinal(), date.max.toordinal()),)),
    FactType.DECIMAL: Spans(((-(10**18), 10**18),)),
}
"""What the contract and the calendar can say of a fact that counts, dates or measures."""


@dataclass(frozen=True, slots=True)
class Change:
    """One fact with another value; ``before`` is None for one that was not known."""

    fact: str
    before: Encoded | None
    after: Encoded


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Facts that change, by path, and the rules that would decide then.

    ``along`` are the facts that the catalogue changes together with the store or the day.
    """

    changes: tuple[Change, ...]
    along: tuple[Change, ...]
    rules: tuple[Rule, ...]

    def facts(self, facts: Facts) -> Facts:
        """The facts as they would be."""
        return {**facts, **{change.fact: change.after for change in (*self.changes, *self.along)}}


Changed: TypeAlias = Mapping[str, Encoded]
"""Facts to change, with what to; without those that the catalogue changes along."""


def nearest_misses(decision: Decision, facts: Facts, applied: tuple[Rule, ...]) -> tuple[NearMiss, ...]:
    """The nearest changes to every other outcome, those of the fewest facts first.

    ``facts`` are encoded, and can occur; where they leave store or day open, the catalogue ties nothing to them.
    Of a choice the other outcomes are the other rules. Of an eligibility that allows, each rule that would refuse; of
    one that refuses, that it allows, and that each reason is no more. Of a collect decision, each rule joining or
    leaving. TooComplex if there is too much to compare.
    """
    search = _Search(decision, facts)
    found: dict[tuple[Change, ...], tuple[Fraction, NearMiss]] = {}
    for target in _targets(decision, search.space, applied):
        for distance, miss in search.ways_into(target):
            found.setdefault(miss.changes, (distance, miss))
    refused = refuse(applied)

    def order(near: tuple[Fraction, NearMiss]) -> tuple[object, ...]:
        distance, miss = near
        changes = [(change.fact, str(change.after)) for change in miss.changes]
        return len(changes), refuse(miss.rules) == refused, distance, changes

    return tuple(miss for _, miss in sorted(found.values(), key=order))


def _targets(decision: Decision, space: Space, applied: tuple[Rule, ...]) -> Iterator[Iterable[Box]]:
    """The region of each other outcome."""
    regions = outcomes(decision.within(space))
    others = [outcome for outcome in regions if outcome.rule not in applied]
    deciding = [outcome for outcome in regions if outcome.rule in applied]
    if decision.form.combine == CHOICE:
        yield from (other.boxes for other in others)
    elif decision.form.combine == ELIGIBILITY and not refuse(applied):
        yield from (other.boxes for other in others if isinstance(other.rule.effect, Refused))
    elif decision.form.combine == ELIGIBILITY:
        yield [box for other in others if isinstance(other.rule.effect, Allowed) for box in other.boxes]
        yield from (_outside(outcome, space) for outcome in deciding if outcome.rule != decision.otherwise)
    else:
        yield from (other.boxes for other in others)
        yield from (_outside(outcome, space) for outcome in deciding)


def _outside(outcome: Outcome, space: Space) -> list[Box]:
    return space.remaining([{}], outcome.boxes)


class _Search:
    """Looks for the facts in a region that are nearest to those of a decision."""

    def __init__(self, decision: Decision, facts: Facts) -> None:
        self._decision = decision
        self._facts = facts
        tied = {fact for row in decision.space.rows[:1] for fact in (*row.facts, row.day_fact)}
        missing = {path for path in decision.space.facts if facts.get(path) is None}
        # What nobody stated satisfies no condition, just as what is unknown.
        self.space = Space(
            {path: _opened(fact) if path in missing else fact for path, fact in decision.space.facts.items()},
            () if tied & missing else decision.space.rows,
        )

    def ways_into(self, boxes: Iterable[Box]) -> list[tuple[Fraction, NearMiss]]:
        """The ways into a region that change the fewest facts, the nearest first; none if nothing leads there."""
        changes = [changed for box in boxes for changed in self._into(box) if changed]
        fewest = min(map(len, changes), default=0)
        ways: dict[frozenset[str], Changed] = {}
        for changed in sorted((changed for changed in changes if len(changed) == fewest), key=self._order):
            ways.setdefault(frozenset(changed), changed)
        return [(self._distance(changed), self._miss(changed)) for changed in [*ways.values()][:MOST_WAYS]]

    def _into(self, box: Box) -> Iterator[Changed]:
        """The changes that lead into a box: one, or one for each store and time that the catalogue knows."""
        rows = self.space.rows
        tied = set(rows[0].facts) | {rows[0].day_fact} if rows else set()
        free = self._free({fact: values for fact, values in box.items() if fact not in tied})
        if free is None:
            return
        if not tied & set(box):
            yield from [free] if self._can_occur(free) else []
            return
        for row in rows:
            with_row = self._in_row(row, box)
            if with_row is not None:
                yield {**free, **with_row}

    def _free(self, box: Box) -> Changed | None:
        """The nearest values of facts that nothing ties together; None if there are none to be known."""
        changed: dict[str, Encoded] = {}
        for fact, values in box.items():
            if self._facts.get(fact) in values:
                continue
            value = _nearest(self._facts.get(fact), values, self.space.facts[fact].type)
            if value is None:
                return None
            changed[fact] = value
        return changed

    def _in_row(self, row: CatalogueRow, box: Box) -> Changed | None:
        """The store and the nearest day of a row of the catalogue, as far as they are others; None if outside."""
        days = Spans((row.days,)).intersect(box.get(row.day_fact, self.space.facts[row.day_fact].domain))
        if any(value not in box[fact] for fact, value in row.facts.items() if fact in box):
            return None
        store = next(fact for fact in STORE_FACTS if fact in row.facts)
        changed = self._free({row.day_fact: days})
        if changed is None:
            return None
        return changed if row.facts[store] == self._facts[store] else {**changed, store: row.facts[store]}

    def _can_occur(self, changed: Changed) -> bool:
        """Whether the catalogue has such facts; those of a store and day that are given are taken from it anyway."""
        return bool(self.space.rows) or self._decision.space.can_occur({**self._facts, **changed})

    def _miss(self, changed: Changed) -> NearMiss:
        """The changes, and what the rules would say."""
        facts: Facts = {**self._facts, **changed}
        facts = {**facts, **(self._decision.space.catalogued(facts) if self.space.rows else {})}
        others = {fact: value for fact, value in facts.items() if value is not None and value != self._facts.get(fact)}
        changes = [Change(fact, self._facts.get(fact), value) for fact, value in sorted(others.items())]
        return NearMiss(
            changes=tuple(change for change in changes if change.fact in changed),
            along=tuple(change for change in changes if change.fact not in changed),
            rules=self._decision.deciding(facts),
        )

    def _order(self, changed: Changed) -> tuple[Fraction, list[tuple[str, str]]]:
        return self._distance(changed), sorted((fact, str(value)) for fact, value in changed.items())

    def _distance(self, changed: Changed) -> Fraction:
        return sum((self._step(fact, value) for fact, value in changed.items()), Fraction(0))

    def _step(self, fact: str, value: Encoded) -> Fraction:
        before, kind = self._facts.get(fact), self.space.facts[fact].type
        if before is None or kind not in _SAYABLE:
            return Fraction(1)
        return Fraction(abs(int(value) - int(before)), 10**DECIMAL_DIGITS if kind is FactType.DECIMAL else 1)


def _opened(fact: Fact) -> Fact:
    return replace(fact, domain=replace(fact.domain, unknown=True))


def _nearest(value: Encoded | None, values: ValueSet, kind: FactType) -> Encoded | None:
    """The value of a set that is nearest to another, the first if that is not known; None if there is none to say."""
    if isinstance(values, Members):
        return values.example()
    sayable = _SAYABLE[kind].intersect(values)
    assert isinstance(sayable, Spans)
    if value is None:
        return sayable.example()
    near = [min(max(int(value), first), last) for first, last in sayable.spans]
    return min(near, key=lambda other: (abs(other - int(value)), other), default=None)
