"""Why a rule matches some facts or does not: every condition that decided it, not just the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linkedaccounts.policy.condition import AllOf, AnyOf, Condition, Facts, FactTest, Not, holds
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.explain import wanted_and_actual
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.place import Place


@dataclass(frozen=True, slots=True)
class Mattered:
    """A condition that had its part in a rule's matching or not: what is wanted of which fact, what it was, where."""

    fact: str
    wanted: str
    actual: str
    place: Place


def conditions_that_mattered(rule: Rule, decision: Decision, facts: Facts) -> tuple[Mattered, ...]:
    """Of a rule that matches the conditions that held, of one that does not those that failed; in the file's order.

    Of alternatives that held, only those that did; of parts that must all hold, only those that did not.
    """
    if rule.condition is None:
        return ()
    return tuple(
        Mattered(test.fact, *wanted_and_actual(test, affirmed, facts, decision), test.place)
        for test, affirmed in _telling(rule.condition, facts, affirmed=True)
    )


def _telling(condition: Condition, facts: Facts, affirmed: bool) -> Iterator[tuple[FactTest, bool]]:
    """The tests that went the way of the whole, each with whether it is affirmed or negated."""
    match condition:
        case FactTest():
            yield condition, affirmed
        case Not(part):
            yield from _telling(part, facts, not affirmed)
        case AllOf(parts) | AnyOf(parts):
            held = holds(condition, facts) is affirmed
            for part in parts:
                if (holds(part, facts) is affirmed) is held:
                    yield from _telling(part, facts, affirmed)
