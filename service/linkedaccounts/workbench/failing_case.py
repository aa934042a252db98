"""A failing case in a few lines: expected and actual, the rules that decided, and every condition that mattered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linkedaccounts.policy.case_failures import RuleReason, rule_reasons
from linkedaccounts.policy.cases import CaseResult
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.outcomes import rules_of
from linkedaccounts.policy.wording import facts_words


def failure_lines(result: CaseResult, decision: Decision) -> list[str]:
    """Why a case fails, as lines of text; those that go with the line above are indented by two spaces."""
    expected = [rule for rule in rules_of(decision) if rule.id in result.case.expected]
    lines = [
        f"expected: {_placed(expected)}",
        f"actual:   {_placed(result.applied)}",
        f"facts:    {facts_words(result.case.stated, decision.space.facts)}",
    ]
    for reason in rule_reasons(result, decision):
        lines += _reason(reason)
    return lines


def _reason(reason: RuleReason) -> Iterator[str]:
    rule = reason.rule.id
    if reason.applied and reason.otherwise:
        yield f"{rule} applies because no rule matches"
    elif reason.applied:
        yield f"{rule} applies{'; what it wants is so:' if reason.conditions else ' always'}"
    elif reason.otherwise:
        yield f"{rule} applies where no rule matches, and {', '.join(reason.beaten_by)} does"
    elif reason.beaten_by:
        yield f"{rule} matches, and is beaten by {', '.join(reason.beaten_by)}"
    else:
        yield f"{rule} does not apply:"
    for each in reason.conditions:
        yield f"  {each.fact}: wanted {each.wanted}, is {each.actual} ({each.place})"


def _placed(rules: Sequence[Rule]) -> str:
    return ", ".join(f"{rule.id} ({rule.place})" for rule in rules) or "no rule"
