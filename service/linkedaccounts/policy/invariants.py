"""What must hold for every possible fact, and the proof on regions.

A rule breaks an invariant where it decides within the invariant's region with an effect that is ruled out there. Where
it decides is exact: the region that it matches, less the regions of the rules that it loses to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from linkedaccounts.domain.effects import Allowed
from linkedaccounts.policy.check_effects import effect_name
from linkedaccounts.policy.check_rules import DecisionDraft
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.overriding import beats, overridden
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.regions import Box, Space, disjoint, intersect

STATEMENTS = (
    "charge_at_most_standard_fee",
    "linked_pays_at_most_unlinked",
    "plan_total_at_most_cap",
    "order_changes_nothing",
)
"""What `always` may state of whole quotes and of the files."""


@dataclass(frozen=True, slots=True)
class NeverDecided:
    """No rule of a decision decides with one of these effects within these boxes of facts."""

    id: str
    place: Place
    decision: str
    effects: frozenset[str]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class AlwaysHolds:
    """One of ``STATEMENTS``, of every quote and every directory."""

    id: str
    place: Place
    statement: str


Invariant: TypeAlias = NeverDecided | AlwaysHolds


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that breaks an invariant, and the boxes of facts on which it does."""

    rule: Rule
    boxes: tuple[Box, ...]


def ruled_out(invariant: NeverDecided, draft: DecisionDraft) -> list[Rule]:
    """The rules whose effect the invariant rules out somewhere."""
    # An `otherwise` that allows is refused as such.
    named = draft.otherwise is not None and not isinstance(draft.otherwise.effect, Allowed)
    otherwise = [draft.otherwise] if draft.otherwise and named else []
    return [rule for rule in (*draft.rules, *otherwise) if effect_name(rule.effect) in invariant.effects]


def breach(invariant: NeverDecided, rule: Rule, draft: DecisionDraft, space: Space) -> Breach | None:
    """Where a rule breaks an invariant; None if nowhere, which is a proof. TooComplex if that is not computed."""
    pairs = product(space.boxes(rule.condition), invariant.boxes)
    within = [both for one, other in pairs if (both := intersect(one, other)) is not None]
    left = space.remaining(within, _lost(rule, draft, space, within))
    return Breach(rule, tuple(left)) if left else None


def _lost(rule: Rule, draft: DecisionDraft, space: Space, within: Sequence[Box]) -> Iterator[Box]:
    """The boxes in which a rule does not decide, as far as they meet ``within``."""
    loses = overridden(draft.rules)
    for other in draft.rules:
        if rule is draft.otherwise or beats(other, rule, draft.form.combine, loses):
            boxes = space.boxes(other.condition)
            yield from (box for box in boxes if not all(disjoint(box, one) for one in within))
