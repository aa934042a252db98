"""Where a rule depends on one of its conditions: there it matches, or does not, by that condition alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linkedaccounts.policy.condition import AllOf, AnyOf, Condition, FactTest, Not
from linkedaccounts.policy.regions import Box, Space, intersect
from linkedaccounts.policy.values import ValueSet
from linkedaccounts.workbench.stateable import stateable

ALWAYS, NEVER = AllOf(()), AnyOf(())
"""The condition that holds for all facts, and the one that holds for none."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """The facts for which a rule matches or not by one test of a fact alone, whatever the test says of them.

    ``matching``: whatever beats the rule; ``deciding``: where nothing does, so that the answer hangs on the test too.
    """

    fact: str
    matching: Sequence[Box]
    deciding: Sequence[Box]
    space: Space

    def matching_where(self, values: ValueSet) -> tuple[Box, ...]:
        """Where the rule's matching hangs on the test, and its fact has one of these values; none if it never does."""
        return self._where(self.matching, values)

    def deciding_where(self, values: ValueSet) -> tuple[Box, ...]:
        """Where the answer hangs on the test, and its fact has one of these values; none if it never does."""
        return self._where(self.deciding, values)

    def _where(self, boxes: Sequence[Box], values: ValueSet) -> tuple[Box, ...]:
        narrowed = (intersect(box, {self.fact: values}) for box in boxes if values)
        return stateable((box for box in narrowed if box is not None), self.space)


def dependence(
    condition: Condition, test: FactTest, affirmed: bool, beating: Sequence[Box], space: Space
) -> Dependence:
    """Where a condition depends on one of its tests; ``beating`` is where a rule that beats this one matches."""
    helped, hindered = (ALWAYS, NEVER) if affirmed else (NEVER, ALWAYS)
    with_it = space.boxes(replaced(condition, test, helped))
    matching = space.remaining(with_it, space.boxes(replaced(condition, test, hindered)))
    return Dependence(test.fact, matching, space.remaining(matching, beating), space)


def leaves(condition: Condition | None, affirmed: bool = True) -> Iterator[tuple[FactTest, bool]]:
    """Every test of a fact in a condition, in the file's order, with whether it counts as it stands or negated."""
    match condition:
        case FactTest():
            yield condition, affirmed
        case Not(part):
            yield from leaves(part, not affirmed)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part, affirmed)


def replaced(condition: Condition, test: FactTest, by: Condition) -> Condition:
    """The condition with another in the place of one of its tests."""
    match condition:
        case FactTest():
            return by if condition is test else condition
        case Not(part):
            return Not(replaced(part, test, by))
        case AllOf(parts):
            return AllOf(tuple(replaced(part, test, by) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(replaced(part, test, by) for part in parts))
