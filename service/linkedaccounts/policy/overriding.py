"""Which rules lose to which: `overrides`, followed through (what a rule overrides, its overrider overrides too)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from linkedaccounts.domain.effects import Allowed, Refused
from linkedaccounts.policy.decisions import ELIGIBILITY
from linkedaccounts.policy.model import Rule


def circle(rules: Iterable[Rule]) -> list[str]:
    """The ids of rules that override one another in a circle, each the next, from the smallest; empty if none do."""
    try:
        TopologicalSorter({rule.id: rule.overrides for rule in sorted(rules, key=lambda rule: rule.id)}).prepare()
    except CycleError as error:
        ids: list[str] = list(error.args[1][:-1])[::-1]
        start = ids.index(min(ids))
        return ids[start:] + ids[:start]
    return []


def overridden(rules: Iterable[Rule]) -> Mapping[str, frozenset[str]]:
    """For each rule the ids of all rules that it loses to; the rules must be free of circles."""
    listed = list(rules)
    by_id = {rule.id: rule for rule in listed}
    loses: dict[str, set[str]] = {rule.id: set() for rule in listed}
    for rule in listed:
        reached, ahead = set[str](), set(rule.overrides)
        while ahead:
            lost = ahead.pop()
            if lost in by_id and lost not in reached:
                reached.add(lost)
                loses[lost].add(rule.id)
                ahead |= by_id[lost].overrides
    return {lost: frozenset(winners) for lost, winners in loses.items()}


def beats(other: Rule, rule: Rule, combine: str, loses: Mapping[str, Collection[str]]) -> bool:
    """Whether a rule wins over another wherever both match: in an eligibility what refuses over what allows.

    ``loses`` is what ``overridden`` tells of the decision's rules; what holds otherwise is none of them.
    """
    if combine == ELIGIBILITY:
        return isinstance(rule.effect, Allowed) and isinstance(other.effect, Refused)
    return other.id in loses.get(rule.id, ())
