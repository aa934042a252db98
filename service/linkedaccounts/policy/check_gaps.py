"""Second stage: facts for which a decision has no outcome, because it lacks `otherwise`."""

from __future__ import annotations

from linkedaccounts.policy.check_rules import DecisionDraft
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.regions import Box, TooComplex
from linkedaccounts.policy.rule_region import Regions


def check_gaps(regions: Regions, findings: Findings) -> None:
    """Notes that a decision lacks `otherwise`, with the facts for which it would then have no outcome."""
    draft = regions.draft
    if draft.lacks_otherwise is None:
        return
    hint = "add `otherwise:`, with what holds where no rule matches"
    gap = _gap(regions) if _all_sound(draft, regions) else []
    if not gap:
        message = f"the decision `{draft.form.name}` needs `otherwise`, for facts that no rule matches"
        findings.add(draft.lacks_otherwise, "missing-field", message, hint)
        return
    message = f"the decision `{draft.form.name}` has no outcome {regions.where(gap)}"
    case = regions.case(f"no rule of {draft.form.name} decides", gap)
    findings.add(draft.lacks_otherwise, "no-outcome", message, hint, case)


def _all_sound(draft: DecisionDraft, regions: Regions) -> bool:
    return len(draft.nodes) == len(draft.rules) == len(regions.of_rules)


def _gap(regions: Regions) -> list[Box]:
    try:
        return regions.space.remaining([{}], [box for region in regions.of_rules for box in region.boxes])
    except TooComplex:
        return []
