"""Second stage: rules that match the same facts. With the exact region, and a case in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linkedaccounts.domain.effects import Allowed, AskedFor, Refused
from linkedaccounts.policy.decisions import CHOICE, ELIGIBILITY
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.meeting import meeting
from linkedaccounts.policy.regions import Box, TooComplex
from linkedaccounts.policy.rule_region import Regions, RuleRegion


def check_overlaps(regions: Regions, findings: Findings) -> None:
    """Notes rules of a choice that disagree and are not ordered; what is allowed and refused; what is said twice."""
    for one, other in _pairs(regions.of_rules):
        if one.rule.id in regions.loses[other.rule.id] or other.rule.id in regions.loses[one.rule.id]:
            continue
        agree = (one.rule.effect, one.rule.reason) == (other.rule.effect, other.rule.reason)
        if not agree and regions.draft.form.combine != CHOICE:
            continue
        if agree and isinstance(one.rule.effect, AskedFor):
            continue  # two rules that ask for one detail ask for it once
        if both := one.common(other, regions.space):
            first, second = sorted((one, other), key=lambda region: region.rule.place)
            (_twice if agree else _unordered)(first, second, both, regions, findings)
    if regions.draft.form.combine == ELIGIBILITY:
        _allowed_and_refused(regions, findings)


def always_overridden(region: RuleRegion, winners: Sequence[RuleRegion], regions: Regions, findings: Findings) -> bool:
    """Notes a rule that never decides, because others that it loses to match wherever it does."""
    near = [other for other in winners if other.common(region, regions.space)]
    if not near or not _covered(region.boxes, [box for other in near for box in other.boxes], regions):
        return False
    names = ", ".join(f"`{other.rule.id}`" for other in near)
    message = f"rule `{region.rule.id}` is always overridden: wherever it matches, {names} matches too"
    hint = f"delete it, or narrow what overrides it; it matches {regions.where(region.boxes)}"
    case = regions.case(f"{region.rule.id} is overridden", region.boxes)
    findings.add(region.rule.place, "always-overridden", message, hint, case)
    return True


def _pairs(regions: Sequence[RuleRegion]) -> Iterator[tuple[RuleRegion, RuleRegion]]:
    """The pairs of regions that can meet."""
    return ((regions[one], regions[other]) for one, other in meeting([region.boxes for region in regions]))


def _unordered(one: RuleRegion, other: RuleRegion, both: Sequence[Box], regions: Regions, findings: Findings) -> None:
    known = regions.draft.nodes.keys()
    if not (one.rule.overrides <= known and other.rule.overrides <= known):
        return  # it is meant to override something: that it does not is a problem of its own
    first, second = one.rule, other.rule
    message = f"rules `{first.id}` and `{second.id}` can both match and disagree, and neither overrides the other"
    hint = f"both match {regions.where(both)}; add `overrides: [{first.id}]` to `{second.id}`, or the other way round"
    case = regions.case(f"{second.id} goes before {first.id}", both, [second.id])
    findings.add(second.place, "unordered", message, hint, case)


def _twice(one: RuleRegion, other: RuleRegion, both: Sequence[Box], regions: Regions, findings: Findings) -> None:
    """Notes two rules with one effect and reason: one may be a forgotten copy of the other."""
    for small, large in ((other, one), (one, other)):
        if _covered(small.boxes, large.boxes, regions):
            message = f"rule `{small.rule.id}` says again what `{large.rule.id}` says, which matches wherever it does"
            case = regions.case(f"{small.rule.id} says it again", both)
            findings.warn(small.rule.place, "redundant-rule", message, "delete it, or correct its condition", case)
            return
    message = f"rules `{one.rule.id}` and `{other.rule.id}` have the same effect and reason, and can both match"
    hint = f"both match {regions.where(both)}; let one leave that to the other"
    case = regions.case(f"{one.rule.id} and {other.rule.id} both match", both)
    findings.warn(other.rule.place, "overlapping-rules", message, hint, case)


def _allowed_and_refused(regions: Regions, findings: Findings) -> None:
    """Notes rules that allow what others refuse: an error if they never allow anything, else a warning."""
    refusing = [region for region in regions.of_rules if isinstance(region.rule.effect, Refused)]
    for region in regions.of_rules:
        if isinstance(region.rule.effect, Allowed) and not always_overridden(region, refusing, regions, findings):
            _partly_refused(region, refusing, regions, findings)


def _partly_refused(region: RuleRegion, refusing: Sequence[RuleRegion], regions: Regions, findings: Findings) -> None:
    shared = [(other.rule.id, both) for other in refusing if (both := region.common(other, regions.space))]
    if not shared:
        return
    names = " and ".join(f"`{rule_id}`" for rule_id, _ in shared)
    boxes = [box for _, both in shared for box in both]
    message = f"rule `{region.rule.id}` allows what is refused by {names}"
    hint = f"both match {regions.where(boxes)}; narrow it, so that it says who is allowed in the end"
    case = regions.case(f"{shared[0][0]} goes before {region.rule.id}", boxes)
    findings.warn(region.rule.place, "allows-what-is-refused", message, hint, case)


def _covered(boxes: Sequence[Box], others: Sequence[Box], regions: Regions) -> bool:
    """Whether ``others`` cover ``boxes``, as far as that can be computed."""
    try:
        return regions.space.covered(boxes, others)
    except TooComplex:
        return False
