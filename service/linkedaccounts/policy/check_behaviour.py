"""Second stage, last part: what rules do together.

Computed on regions, exactly: a rule that can never match, parts of a condition that exclude or repeat one another, two
outcomes that can both match and are not ordered, a rule that is always overridden, facts without an outcome, overrides
that name no rule or go in a circle, a plan given on days when it has no terms, a condition too big for the engine.
"""

from __future__ import annotations

from collections.abc import Sequence

from linkedaccounts.domain.effects import PlanShare
from linkedaccounts.policy.catalogue_draft import CatalogueDraft
from linkedaccounts.policy.catalogue_rows import catalogue_rows
from linkedaccounts.policy.check_gaps import check_gaps
from linkedaccounts.policy.check_overlaps import always_overridden, check_overlaps
from linkedaccounts.policy.check_parts import check_parts, never_matches
from linkedaccounts.policy.check_rules import DecisionDraft
from linkedaccounts.policy.compile import MOST_ENGINE_RULES, MOST_TERMS, engine_terms, terms_of
from linkedaccounts.policy.decisions import COLLECT
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.overriding import circle, overridden
from linkedaccounts.policy.problems import did_you_mean
from linkedaccounts.policy.regions import Box, Space, TooComplex
from linkedaccounts.policy.rule_region import Regions, RuleRegion
from linkedaccounts.policy.values import HIGHEST, Spans
from linkedaccounts.policy.vocabulary import decode


def check_behaviour(draft: DecisionDraft, catalogue: CatalogueDraft, findings: Findings) -> None:
    """Notes what is wrong with the rules of a decision taken together."""
    of_stores = {"store.code", "account.store"} & draft.facts.keys()
    whole = len(catalogue.stores) == len(catalogue.store_codes) and not findings.incomplete
    rows = catalogue_rows(draft.form, draft.facts, catalogue.stores.values())
    _overrides(draft, findings)
    if draft.form.combine == COLLECT:
        _orders(draft, findings)
    if rule_ids := circle(draft.rules):
        _circle(rule_ids, draft, findings)
        return
    # What cannot be is only known from a whole catalogue; what can be, from any part of it.
    possible = Regions(draft, space := Space(draft.facts, rows if whole else []), _regions(draft, space, findings))
    loses = overridden(draft.rules)
    for region in possible.of_rules:
        lost_to = loses[region.rule.id]
        winners = [other for other in possible.of_rules if other.rule.id in lost_to] if lost_to else []
        always_overridden(region, winners, possible, findings)
    check_gaps(possible, findings)
    if whole or rows or not of_stores:
        known = Regions(draft, Space(draft.facts, rows), possible.of_rules, loses)
        _plans_in_force(known, catalogue, findings)
        check_overlaps(known, findings)


def _regions(draft: DecisionDraft, space: Space, findings: Findings) -> list[RuleRegion]:
    return [region for rule in draft.rules if (region := _region(rule, space, findings))]


def _circle(rule_ids: Sequence[str], draft: DecisionDraft, findings: Findings) -> None:
    first = draft.nodes[min(rule_ids)]
    path = " → ".join(f"`{rule_id}`" for rule_id in [*rule_ids, rule_ids[0]])
    message = f"these rules override one another in a circle: {path}"
    findings.add(
        (first.get("overrides") or first).place, "override-cycle", message, "take one of them out of `overrides`"
    )


def _overrides(draft: DecisionDraft, findings: Findings) -> None:
    otherwise = draft.otherwise.id if draft.otherwise else ""
    known = set(draft.nodes) - {otherwise}
    for rule in draft.rules:
        for lost in sorted(rule.overrides - known):
            message = f"rule `{rule.id}` overrides `{lost}`, and {draft.form.name} has no such rule"
            hint = did_you_mean(lost, known - {rule.id})
            if lost == otherwise:
                message, hint = f"`{lost}` is what holds otherwise: every rule goes before it", "leave it out"
            node = draft.nodes[rule.id].get("overrides") or draft.nodes[rule.id]
            findings.add(node.place, "unknown-override", message, hint)


def _region(rule: Rule, space: Space, findings: Findings) -> RuleRegion | None:
    try:
        boxes = space.boxes(rule.condition)
        possible = tuple(box for box in boxes if space.example(box) is not None)
        too_big = _too_big(possible, space)
    except TooComplex:
        too_big = "its combinations are too many"
    if too_big:
        message = f"the condition of rule `{rule.id}` is too big for the engine: {too_big}"
        findings.add(
            rule.place, "condition-too-big", message, "write it as several rules, or name what it leaves out with `not`"
        )
        return None
    if not possible:
        never_matches(rule, space, findings)
        return None
    check_parts(rule, space, findings)
    return RuleRegion(rule, possible)


def _too_big(boxes: Sequence[Box], space: Space) -> str:
    longest = max((terms_of(box, space.facts) for box in boxes), default=0)
    if longest > MOST_TERMS:
        return f"{longest} terms must hold at once, and it takes {MOST_TERMS}"
    count = sum(engine_terms(box, space.facts) for box in boxes)
    return f"it becomes {count} alternatives, and it takes {MOST_ENGINE_RULES}" if count > MOST_ENGINE_RULES else ""


def _orders(draft: DecisionDraft, findings: Findings) -> None:
    taken: dict[int, Rule] = {}
    for rule in sorted(draft.rules, key=lambda rule: rule.place):
        if rule.order in taken:
            message = f"rules `{taken[rule.order].id}` and `{rule.id}` have the same place in the order, {rule.order}"
            node = draft.nodes[rule.id].get("order") or draft.nodes[rule.id]
            findings.add(node.place, "unordered", message, "give each rule an `order` of its own")
        taken.setdefault(rule.order, rule)


def _plans_in_force(regions: Regions, catalogue: CatalogueDraft, findings: Findings) -> None:
    for region in regions.of_rules:
        if isinstance(region.rule.effect, PlanShare):
            _plan_in_force(region, region.rule.effect.plan, catalogue, regions, findings)


def _plan_in_force(
    region: RuleRegion, plan_id: str, catalogue: CatalogueDraft, regions: Regions, findings: Findings
) -> None:
    plan = catalogue.plans.get(plan_id)
    if plan is None:
        return
    space, day_fact = regions.space, regions.draft.form.day
    last = plan.terms.entries[-1].through
    in_force = Spans(((plan.terms.begins.toordinal(), last.toordinal() if last else HIGHEST),))
    for box in space.remaining(region.boxes, [{day_fact: in_force}]):
        example = space.example(box) or {}
        day = decode(example.get(day_fact), space.facts[day_fact].type)
        message = (
            f"rule `{region.rule.id}` gives a share of plan {plan_id} on days when the plan has no terms, such as {day}"
        )
        hint = "give the rule `from` or `through`, or the plan an entry for those days"
        case = regions.case(f"{region.rule.id} on a day without the plan", [box])
        findings.add(region.rule.place, "plan-not-in-force", message, hint, case)
        return
