"""Second stage, last part: what rules do together.

Computed on regions, exactly: a rule that can never match, two outcomes that can both match and are not ordered, a rule
that is always overridden, overrides that name no rule or go in a circle, a plan given on days when it has no terms, a
condition that is too big for the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from linkedaccounts.domain.effects import Allowed, PlanShare, Refused
from linkedaccounts.policy.catalogue_draft import CatalogueDraft
from linkedaccounts.policy.catalogue_rows import catalogue_rows
from linkedaccounts.policy.check_rules import DecisionDraft
from linkedaccounts.policy.compile import MOST_ENGINE_RULES, MOST_TERMS, engine_terms, terms_of
from linkedaccounts.policy.decisions import CHOICE, COLLECT, ELIGIBILITY
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.meeting import meeting
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.overriding import circle, overridden
from linkedaccounts.policy.problems import did_you_mean
from linkedaccounts.policy.regions import Box, Space, TooComplex, intersect
from linkedaccounts.policy.values import HIGHEST, Encoded, Spans
from linkedaccounts.policy.vocabulary import decode


@dataclass(frozen=True, slots=True)
class _Region:
    """A rule and the boxes in which it matches."""

    rule: Rule
    boxes: tuple[Box, ...]


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
    space = Space(draft.facts, rows if whole else [])
    regions = [region for rule in draft.rules if (region := _region(rule, space, findings))]
    loses = overridden(draft.rules)
    for region in regions:
        _always_overridden(region, regions, loses, space, findings)
    if whole or rows or not of_stores:
        _can_both_be(regions, loses, Space(draft.facts, rows), catalogue, draft, findings)


def _can_both_be(
    regions: Sequence[_Region],
    loses: Mapping[str, frozenset[str]],
    space: Space,
    catalogue: CatalogueDraft,
    draft: DecisionDraft,
    findings: Findings,
) -> None:
    for region in regions:
        if isinstance(region.rule.effect, PlanShare):
            _plan_in_force(region, region.rule.effect.plan, catalogue, space, draft.form.day, findings)
    if draft.form.combine == CHOICE:
        _unordered(regions, loses, space, draft, findings)
    if draft.form.combine == ELIGIBILITY:
        _never_allows(regions, space, findings)


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


def _region(rule: Rule, space: Space, findings: Findings) -> _Region | None:
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
        message = (
            f"rule `{rule.id}` can never match: its conditions exclude one another, or the catalogue has no such store"
        )
        findings.add(
            rule.place, "never-matches", message, "compare its conditions, and `from` and `through`, with one another"
        )
        return None
    return _Region(rule, possible)


def _too_big(boxes: Sequence[Box], space: Space) -> str:
    longest = max((terms_of(box, space.facts) for box in boxes), default=0)
    if longest > MOST_TERMS:
        return f"{longest} terms must hold at once, and it takes {MOST_TERMS}"
    count = sum(engine_terms(box, space.facts) for box in boxes)
    return f"it becomes {count} alternatives, and it takes {MOST_ENGINE_RULES}" if count > MOST_ENGINE_RULES else ""


def _always_overridden(
    region: _Region, regions: Sequence[_Region], loses: Mapping[str, frozenset[str]], space: Space, findings: Findings
) -> None:
    if winners := loses[region.rule.id]:
        _beaten(region, [other for other in regions if other.rule.id in winners], space, findings)


def _beaten(region: _Region, winners: Sequence[_Region], space: Space, findings: Findings) -> None:
    try:
        if not winners or space.remaining(region.boxes, [box for other in winners for box in other.boxes]):
            return
    except TooComplex:
        return
    names = ", ".join(f"`{other.rule.id}`" for other in winners)
    message = f"rule `{region.rule.id}` is always overridden: wherever it matches, {names} matches too"
    findings.add(region.rule.place, "always-overridden", message, "delete it, or narrow what overrides it")


def _unordered(
    regions: Sequence[_Region],
    loses: Mapping[str, frozenset[str]],
    space: Space,
    draft: DecisionDraft,
    findings: Findings,
) -> None:
    mistaken = {region.rule.id for region in regions if not region.rule.overrides <= draft.nodes.keys()}
    for one, other in _pairs(regions):
        if (one.rule.effect, one.rule.reason) == (other.rule.effect, other.rule.reason):
            continue
        if one.rule.id in loses[other.rule.id] or other.rule.id in loses[one.rule.id]:
            continue
        if one.rule.id in mistaken or other.rule.id in mistaken:
            continue  # it is meant to override something: that it does not is a problem of its own
        if (example := _common(one, other, space)) is None:
            continue
        first, second = sorted((one.rule, other.rule), key=lambda rule: rule.place)
        facts = _shown(example, draft)
        message = f"rules `{first.id}` and `{second.id}` can both match and disagree, and neither overrides the other"
        hint = f"both match {facts}; add `overrides: [{first.id}]` to `{second.id}`, or the other way round"
        findings.add(second.place, "unordered", message, hint)


def _never_allows(regions: Sequence[_Region], space: Space, findings: Findings) -> None:
    """Notes rules that allow only what others refuse."""
    refusing = [region for region in regions if isinstance(region.rule.effect, Refused)]
    for region in regions:
        if isinstance(region.rule.effect, Allowed):
            winners = [other for other in refusing if _common(region, other, space) is not None]
            _beaten(region, winners, space, findings)


def _pairs(regions: Sequence[_Region]) -> Iterator[tuple[_Region, _Region]]:
    """The pairs of regions that can meet."""
    return ((regions[one], regions[other]) for one, other in meeting([region.boxes for region in regions]))


def _common(one: _Region, other: _Region, space: Space) -> Mapping[str, Encoded | None] | None:
    for box in one.boxes:
        for another in other.boxes:
            both = intersect(box, another)
            if both is not None and (example := space.example(both)) is not None:
                return example
    return None


def _shown(example: Mapping[str, Encoded | None], draft: DecisionDraft) -> str:
    said = [f"{fact}: {decode(value, draft.facts[fact].type)}" for fact, value in sorted(example.items())]
    return f"where {', '.join(said)}" if said else "always"


def _orders(draft: DecisionDraft, findings: Findings) -> None:
    taken: dict[int, Rule] = {}
    for rule in sorted(draft.rules, key=lambda rule: rule.place):
        if rule.order in taken:
            message = f"rules `{taken[rule.order].id}` and `{rule.id}` have the same place in the order, {rule.order}"
            node = draft.nodes[rule.id].get("order") or draft.nodes[rule.id]
            findings.add(node.place, "unordered", message, "give each rule an `order` of its own")
        taken.setdefault(rule.order, rule)


def _plan_in_force(
    region: _Region, plan_id: str, catalogue: CatalogueDraft, space: Space, day_fact: str, findings: Findings
) -> None:
    plan = catalogue.plans.get(plan_id)
    if plan is None:
        return
    last = plan.terms.entries[-1].through
    in_force = Spans(((plan.terms.begins.toordinal(), last.toordinal() if last else HIGHEST),))
    for box in space.remaining(region.boxes, [{day_fact: in_force}]):
        example = space.example(box) or {}
        day = decode(example.get(day_fact), space.facts[day_fact].type)
        message = (
            f"rule `{region.rule.id}` gives a share of plan {plan_id} on days when the plan has no terms, such as {day}"
        )
        findings.add(
            region.rule.place,
            "plan-not-in-force",
            message,
            "give the rule `from` or `through`, or the plan an entry for those days",
        )
        return
