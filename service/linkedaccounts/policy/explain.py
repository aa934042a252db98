"""Last stage: why the rules that did not apply did not. Works on the conditions as they were written."""

from __future__ import annotations

from collections.abc import Sequence

from linkedaccounts.policy.condition import AllOf, AnyOf, Condition, Facts, FactTest, Not, holds
from linkedaccounts.policy.decide import Decision, FactValues
from linkedaccounts.policy.decisions import ELIGIBILITY
from linkedaccounts.policy.model import FailedCondition, NotApplied, Rule
from linkedaccounts.policy.vocabulary import decode


def not_applied(decision: Decision, facts: FactValues, applied: Sequence[Rule]) -> tuple[NotApplied, ...]:
    """Every rule of a decision that did not apply, by order and id: its failed conditions, or the rule it lost to."""
    encoded = decision.encoded(facts)
    others = [rule for rule in decision.rules if rule not in applied]
    return tuple(_why(rule, decision, encoded, applied) for rule in others)


def _why(rule: Rule, decision: Decision, facts: Facts, applied: Sequence[Rule]) -> NotApplied:
    if rule.condition is None or holds(rule.condition, facts):
        beats = decision.loses[rule.id]
        refused = decision.form.combine == ELIGIBILITY
        winner = min((other.id for other in applied if refused or other.id in beats), default="")
        return NotApplied(rule, overridden_by=winner)
    return NotApplied(rule, failed=tuple(_failed(rule.condition, facts, decision, affirmed=True)))


def _failed(condition: Condition, facts: Facts, decision: Decision, affirmed: bool) -> list[FailedCondition]:
    """The failures that keep a condition from holding: of parts that must all hold the first, of alternatives all."""
    match condition:
        case FactTest():
            return [_failure(condition, facts, decision, affirmed)]
        case Not(part):
            return _failed(part, facts, decision, not affirmed)
        case AllOf(parts) | AnyOf(parts):
            short = [part for part in parts if holds(part, facts) is not affirmed]
            if isinstance(condition, AllOf) == affirmed:
                short = short[:1]
            return [failure for part in short for failure in _failed(part, facts, decision, affirmed)]


def _failure(test: FactTest, facts: Facts, decision: Decision, affirmed: bool) -> FailedCondition:
    wanted = test.wanted if affirmed else f"not {test.wanted}"
    actual = decode(facts.get(test.fact), decision.space.facts[test.fact].type)
    return FailedCondition(test.fact, wanted, actual, test.place)
