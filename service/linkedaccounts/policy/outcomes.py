"""Where each rule of a decision is among those that decide: its own region less that of the rules it loses to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkedaccounts.policy.decide import Decision
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
    matching = matching_boxes(decision)
    return tuple(
        Outcome(rule, tuple(decision.space.remaining(matching[rule.id], beating_boxes(rule, decision, matching))))
        for rule in rules_of(decision)
    )


def rules_of(decision: Decision) -> tuple[Rule, ...]:
    """All rules of a decision, what holds otherwise last."""
    return (*decision.rules, decision.otherwise) if decision.otherwise else decision.rules


def matching_boxes(decision: Decision) -> Mapping[str, Sequence[Box]]:
    """By a rule's id where its condition holds, whatever else does; of `otherwise` that is everywhere."""
    return {rule.id: decision.space.boxes(rule.condition) for rule in rules_of(decision)}


def beating_boxes(rule: Rule, decision: Decision, matching: Mapping[str, Sequence[Box]]) -> list[Box]:
    """Where a rule that beats this one matches: of `otherwise`, every rule does."""
    return [box for other in decision.rules if decision.beats(other, rule) for box in matching[other.id]]
