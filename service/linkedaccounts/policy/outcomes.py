"""Where each rule of a decision is among those that decide: its own region less that of the rules it loses to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linkedaccounts.domain.effects import Allowed, Refused
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import ELIGIBILITY
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.regions import Box


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rule, and the boxes of facts in which it is among the rules that decide; no box if it never is."""

    rule: Rule
    boxes: tuple[Box, ...]


def outcomes(decision: Decision) -> tuple[Outcome, ...]:
    """Every rule's region of deciding, `otherwise` last; together they are all facts that can occur.

    TooComplex if a region falls into more boxes than are compared.
    """
    space = decision.space
    matching = {rule.id: space.boxes(rule.condition) for rule in decision.rules}
    decided = [
        Outcome(rule, tuple(space.remaining(matching[rule.id], _of(_winners(rule, decision), matching))))
        for rule in decision.rules
    ]
    if decision.otherwise is not None:
        rest = space.remaining([{}], _of(matching, matching))
        decided.append(Outcome(decision.otherwise, tuple(rest)))
    return tuple(decided)


def _winners(rule: Rule, decision: Decision) -> Iterable[str]:
    """The ids of the rules that a rule loses to wherever both match."""
    if decision.form.combine == ELIGIBILITY:
        refusing = [other.id for other in decision.rules if isinstance(other.effect, Refused)]
        return refusing if isinstance(rule.effect, Allowed) else ()
    return sorted(decision.loses[rule.id])


def _of(ids: Iterable[str], matching: dict[str, list[Box]]) -> list[Box]:
    return [box for rule_id in ids for box in matching[rule_id]]
