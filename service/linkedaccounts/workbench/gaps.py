"""Where no rule says anything, so that `otherwise` alone decides: meant, mostly, and therefore only noted."""

from __future__ import annotations

from collections.abc import Sequence

from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import Problem
from linkedaccounts.policy.regions import TooComplex
from linkedaccounts.policy.rule_region import MOST_BOXES_SAID
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.policy.wording import case_words, region_words, table_words


def otherwise_alone(policy: Policy, files: Sequence[SourceFile]) -> list[Problem]:
    """For each decision the region in which only `otherwise` decides, with a case in it; nothing if there is none."""
    findings = Findings(files)
    for name in sorted(policy.decisions):
        decision = policy.decisions[name]
        if decision.otherwise is not None and decision.rules:
            _note(decision, decision.otherwise, findings)
    return findings.warnings


def _note(decision: Decision, otherwise: Rule, findings: Findings) -> None:
    space = decision.space
    try:
        gap = space.remaining([{}], [box for rule in decision.rules for box in space.boxes(rule.condition)])
    except TooComplex:
        findings.note(otherwise.place, "only-otherwise", f"where `{otherwise.id}` alone decides is too much to compute")
        return
    if gap:
        message = f"`{otherwise.id}` alone decides where {region_words(gap, space.facts, MOST_BOXES_SAID)}"
        case = case_words(f"{otherwise.id} decides", space.example(gap[0]) or {}, space.facts, [otherwise.id])
        hint = "add a rule if something else is meant there"
        findings.note(otherwise.place, "only-otherwise", message, hint, table_words(decision.form.name, case))
