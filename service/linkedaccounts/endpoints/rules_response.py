"""From rules, and from rules that did not apply, to the contract's messages."""

from __future__ import annotations

from linkedaccounts.policy.model import FailedCondition, NotApplied, Rule
from linkedaccounts.v1 import rules_pb2 as contract


def rule_reference(rule: Rule) -> contract.RuleReference:
    """The rule's id and place."""
    return contract.RuleReference(id=rule.id, file=rule.place.file, line=rule.place.line)


def rule_not_applied(lost: NotApplied) -> contract.RuleNotApplied:
    """Why a rule did not apply."""
    return contract.RuleNotApplied(
        decision=lost.rule.decision,
        rule=rule_reference(lost.rule),
        failed=map(failed_condition, lost.failed),
        overridden_by=lost.overridden_by,
    )


def failed_condition(condition: FailedCondition) -> contract.FailedCondition:
    """A condition that failed."""
    return contract.FailedCondition(
        fact=condition.fact, wanted=condition.wanted, actual=condition.actual, line=condition.place.line
    )
