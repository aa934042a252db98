"""Last stage: why the rules that did not apply did not. Works on the conditions as they were written."""

from __future__ import annotations

from collections.abc import Sequence

from linkedaccounts.policy.condition import AllOf, AnyOf, Condition, Facts, FactTest, Not, holds
from linkedaccounts.policy.decide import Decision, FactValues
from linkedaccounts.policy.model import FailedCondition, NotApplied, Rule
from linkedaccounts.policy.vocabulary import decode


def not_applied(decision: Decision, facts: FactValues, applied: Sequence[Rule]) -> tuple[NotApplied, ...]:
    """Every rule of a decision that did not apply, by order and id: its failed conditions, or the rule it lost to."""
    encoded = decision.encoded(facts)
    others = [rule for rule in decision.rules if rule not in applied]
    return tuple(_why(rule, decision, encoded, applied) for rule in others)


def _why(rule: Rule, decision: Decision, facts: Facts, applied: Sequence[Rule]) -> NotApplied:
    if rule.condition is None or holds(rule.condition, facts):
        winners = (other.id for other in applied if decision.beats(other, rule))
        return NotApplied(rule, overridden_by=min(winners, default=""))
    failing = failing_tests(rule.condition, facts)
    return NotApplied(rule, failed=tuple(_failure(test, affirmed, facts, decision) for test, affirmed in failing))


def failing_tests(condition: Condition, facts: Facts, affirmed: bool = True) -> list[tuple[FactTest, bool]]:
    """The tests that keep a condition from holding: of parts that must all hold the first, of alternatives all.

    Each with whether it should hold: within an odd number of `not` it should not.
    """
    match condition:
        case FactTest():
            return [(condition, affirmed)]
        case Not(part):
            return failing_tests(part, facts, not affirmed)
        case AllOf(parts) | AnyOf(parts):
            short = [part for part in parts if holds(part, facts) is not affirmed]
            if isinstance(condition, AllOf) == affirmed:
                short = short[:1]
            return [failing for part in short for failing in failing_tests(part, facts, affirmed)]


def wanted_and_actual(test: FactTest, affirmed: bool, facts: Facts, decision: Decision) -> tuple[str, str]:
    """What a test wants of its fact, and what that was, in the editor's words."""
    wanted = test.wanted if affirmed else f"not {test.wanted}"
    return wanted, decode(facts.get(test.fact), decision.space.facts[test.fact].type)


def _failure(test: FactTest, affirmed: bool, facts: Facts, decision: Decision) -> FailedCondition:
    return FailedCondition(test.fact, *wanted_and_actual(test, affirmed, facts, decision), test.place)
