"""Why a case fails: of each rule that it misses, or did not want, every condition that mattered, or what beats it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linkedaccounts.policy.cases import CaseResult
from linkedaccounts.policy.condition import holds
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.mattered import Mattered, conditions_that_mattered
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.outcomes import rules_of


@dataclass(frozen=True, slots=True)
class RuleReason:
    """Why a rule applied although a case does not expect it, or did not although the case does.

    ``conditions`` are those that held, or those that failed. ``beaten_by`` are the rules that the rule lost to where it
    matches; of what holds otherwise, the rules that match.
    """

    rule: Rule
    applied: bool
    otherwise: bool
    conditions: tuple[Mattered, ...] = ()
    beaten_by: tuple[str, ...] = ()


def rule_reasons(result: CaseResult, decision: Decision) -> tuple[RuleReason, ...]:
    """Of a case that fails, first the rules that it misses, then those that it did not want; none if it passes."""
    missed = [rule for rule in rules_of(decision) if rule.id in result.case.expected and rule not in result.applied]
    unwanted = [rule for rule in result.applied if rule.id not in result.case.expected]
    return tuple(_reason(rule, result, decision) for rule in (*missed, *unwanted))


def _reason(rule: Rule, result: CaseResult, decision: Decision) -> RuleReason:
    applied, otherwise = rule in result.applied, rule == decision.otherwise
    beaten_by: tuple[str, ...] = ()
    if not applied and (rule.condition is None or holds(rule.condition, result.case.facts)):
        beaten_by = tuple(other.id for other in result.applied if decision.beats(other, rule))
    mattered = () if beaten_by else conditions_that_mattered(rule, decision, result.case.facts)
    return RuleReason(rule, applied, otherwise, mattered, beaten_by)


def note_failures(results: Iterable[CaseResult], decisions: Mapping[str, Decision], findings: Findings) -> None:
    """Notes each case that fails as a problem: what it expects, what the rules give, and why in a line."""
    for result in results:
        if not result.passed:
            expected, actual = listed(result.case.expected), listed(result.actual)
            message = f"case `{result.case.name}` fails: it expects {expected}, and the rules give {actual}"
            why = (reason_words(reason) for reason in rule_reasons(result, decisions[result.case.decision]))
            findings.add(result.case.place, "case-fails", message, "; ".join(why))


def listed(ids: Sequence[str]) -> str:
    """Ids of rules in a sentence."""
    return ", ".join(f"`{rule_id}`" for rule_id in ids) if ids else "no rule"


def reason_words(reason: RuleReason) -> str:
    """A reason in a line, with every condition that mattered."""
    rule = f"`{reason.rule.id}`"
    match reason:
        case RuleReason(applied=False, otherwise=True):
            return f"{rule} holds where no rule matches, and {listed(reason.beaten_by)} does"
        case RuleReason(applied=False) if reason.beaten_by:
            return f"{rule} is overridden by {listed(reason.beaten_by)}"
        case RuleReason(applied=False):
            return f"{rule} wants " + ", and ".join(
                f"`{each.fact}: {each.wanted}` ({each.place}), and it is {each.actual}" for each in reason.conditions
            )
        case RuleReason(otherwise=True):
            return f"{rule} applies because no rule matches"
    held = ", ".join(f"`{each.fact}` is {each.actual} ({each.place})" for each in reason.conditions)
    return f"{rule} ({reason.rule.place}) applies: {held or 'it has no condition'}"
