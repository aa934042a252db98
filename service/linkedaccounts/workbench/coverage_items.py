"""What the cases of a decision should show, each as the region of facts that show it.

- A rule applies, and does not apply.
- A condition (each test of a fact in a rule) is true, and is false, where the answer hangs on it: all else that the
  rule wants is met, and no rule that beats it matches. If a false one never makes a difference but an unknown one does,
  the unknown one is wanted. If a rule that beats this one always matches too, that is let be.
- A boundary (each value that an ordered fact is compared with, `from` and `through` of a rule included) is tested at
  the value and one unit on either side, where the answer hangs on the condition, likewise. The unit is 1 of a count, a
  day, and of a decimal 0.01, or its last decimal if it is written with more.

Only what can occur is wanted: by the catalogue, by the type of a fact, and by what a case can state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from linkedaccounts.policy.condition import Bound, FactTest
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.outcomes import beating_boxes, matching_boxes, rules_of
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.regions import Box, TooComplex
from linkedaccounts.policy.values import Spans
from linkedaccounts.policy.vocabulary import DECIMAL_DIGITS, Fact, FactType, decode
from linkedaccounts.workbench.decisive import Dependence, dependence, leaves
from linkedaccounts.workbench.stateable import stateable


class Kind(Enum):
    """What an item is about; the value is the word for several."""

    RULE = "rules"
    CONDITION = "conditions"
    BOUNDARY = "boundaries"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the cases should show: every case whose facts lie in one of ``boxes`` does.

    ``shows`` is what such a case shows, as the start of a sentence; ``gap`` what is amiss if there is none.
    """

    kind: Kind
    rule: Rule
    place: Place
    shows: str
    gap: str
    boxes: tuple[Box, ...]


def items_of(decision: Decision) -> tuple[list[Item], list[Rule]]:
    """All items of a decision, and the rules that have too many combinations to say theirs."""
    matching = matching_boxes(decision)
    items: list[Item] = []
    uncounted: list[Rule] = []
    for rule in rules_of(decision):
        try:
            found = list(_ItemsOfARule(rule, decision, matching))
        except TooComplex:
            uncounted.append(rule)
        else:
            items.extend(item for item in found if item.boxes)
    return items, uncounted


class _ItemsOfARule:
    """The items of a rule; those without boxes cannot occur."""

    def __init__(self, rule: Rule, decision: Decision, matching: Mapping[str, Sequence[Box]]) -> None:
        self._rule = rule
        self._space = decision.space
        self._matching = matching[rule.id]
        self._beating = beating_boxes(rule, decision, matching)

    def __iter__(self) -> Iterator[Item]:
        yield from self._applying()
        condition = self._rule.condition
        for test, affirmed in leaves(condition):
            assert condition is not None
            depends = dependence(condition, test, affirmed, self._beating, self._space)
            yield from self._truth(test, affirmed, depends)
            yield from self._boundaries(test, depends)

    def _applying(self) -> Iterator[Item]:
        rule, space = self._rule, self._space
        applies = space.remaining(self._matching, self._beating)
        does_not = space.remaining([{}], applies)
        yield Item(Kind.RULE, rule, rule.place, f"{rule.id} applies", "never applies", stateable(applies, space))
        yield Item(
            Kind.RULE, rule, rule.place, f"{rule.id} does not apply", "always applies", stateable(does_not, space)
        )

    def _truth(self, test: FactTest, affirmed: bool, depends: Dependence) -> Iterator[Item]:
        fact = self._space.facts[test.fact]
        wanted = f"{test.fact} {'' if affirmed else 'not '}{test.wanted}"
        for values, truth in ((test.admits, True), (fact.opposite(test.admits), False)):
            met, said = truth is affirmed, str(truth).lower()
            boxes = depends.deciding_where(values)
            unknown = () if boxes or met else depends.deciding_where(fact.domain.minus(fact.known))
            said = "unknown" if unknown else said
            shows = f"{self._rule.id} wants {wanted}, and it is {'unknown' if unknown else 'so' if met else 'not so'}"
            gap = f"`{test.fact}: {test.wanted}` is never seen {said} where it decides"
            boxes = boxes or unknown or depends.matching_where(values)
            yield Item(Kind.CONDITION, self._rule, test.place, shows, gap, boxes)

    def _boundaries(self, test: FactTest, depends: Dependence) -> Iterator[Item]:
        fact = self._space.facts[test.fact]
        points = {value: (bound, beside) for bound in test.bounds for value, beside in _beside(fact, bound)}
        points |= {bound.value: (bound, "") for bound in test.bounds}
        for value, (bound, beside) in sorted(points.items()):
            only, said = Spans(((value, value),)), f"{decode(value, fact.type)}{beside}"
            if value in fact.domain:
                shows = f"{self._rule.id} where {fact.path} is {said}"
                gap = f"`{fact.path}: {test.wanted}` is not tested at {said}"
                boxes = depends.deciding_where(only) or depends.matching_where(only)
                yield Item(Kind.BOUNDARY, self._rule, bound.place, shows, gap, boxes)


def _beside(fact: Fact, bound: Bound) -> list[tuple[int, str]]:
    """The values one unit on either side of a bound, each with how it stands to it."""
    unit = 1
    if fact.type is FactType.DECIMAL:
        unit = 10 ** (DECIMAL_DIGITS - 2)
        while bound.value % unit:
            unit //= 10
    at = decode(bound.value, fact.type)
    before, after = ("the day before", "the day after") if fact.type is FactType.DATE else ("just below", "just above")
    return [(bound.value - unit, f", {before} {at}"), (bound.value + unit, f", {after} {at}")]
