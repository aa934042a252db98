"""The rules of one decision in two policies: which count for the same in both, and outside of which facts all do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from linkedaccounts.domain.effects import Refused
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import ELIGIBILITY
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.regions import Box, Space, intersect
from linkedaccounts.policy.values import ValueSet
from linkedaccounts.policy.wording import box_words
from linkedaccounts.workbench.compare_cells import Key, apart
from linkedaccounts.workbench.compare_space import SharedSpace

NOTES = "notes"
Region: TypeAlias = frozenset[frozenset[tuple[str, ValueSet]]]
"""Boxes, to be compared and looked up."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A rule as it counts: what it comes to, where it matches, and the ids and the boxes of the rules it loses to."""

    id: str
    key: Key
    boxes: tuple[Box, ...]
    loses: frozenset[str]
    beaten: tuple[Box, ...]

    @property
    def said(self) -> tuple[Key, Region]:
        """What is the same of two rules that count for the same where none of them is overridden."""
        return self.key, hashed(self.boxes)


Versions: TypeAlias = tuple[Sequence[Stated], Sequence[Stated]]
"""The rules of both versions of a decision but `otherwise`, in their order."""


def key_of(rule: Rule, decision: Decision) -> Key:
    """What counts of a rule where it decides; two rules of one key are one and the same answer."""
    if isinstance(rule.effect, Refused):
        return rule.effect.grounds, rule.reason
    return rule.reason if decision.form.name == NOTES else rule.effect


def hashed(boxes: Iterable[Box]) -> Region:
    """Boxes as a value."""
    return frozenset(frozenset(box.items()) for box in boxes)


def stated(decision: Decision, shared: SharedSpace) -> list[Stated]:
    """The rules of a decision; of an eligibility none loses to another, because its refusals go first anyway."""
    boxes = {
        rule.id: tuple(shared.boxes(decision.space.boxes(rule.condition), decision.space)) for rule in decision.rules
    }
    return [
        Stated(
            rule.id,
            key_of(rule, decision),
            boxes[rule.id],
            loses := frozenset() if decision.form.combine == ELIGIBILITY else decision.loses[rule.id],
            tuple(box for winner in sorted(loses) for box in boxes[winner]),
        )
        for rule in decision.rules
    ]


def possibly_changed(old: Decision, new: Decision, versions: Versions, space: Space) -> list[Box]:
    """Boxes, none of which overlap, outside of which both say the same, but for the order of what they say.

    Rules that come to the same on the same facts in both, and override the same, can be passed over: only where another
    rule matches can the answers differ. So the work grows with the change, not with the number of rules.
    """
    if old.otherwise and new.otherwise and key_of(old.otherwise, old) != key_of(new.otherwise, new):
        return [{}]
    pairs = _pairs(versions)
    alone = [
        *(box for rule in versions[0] if rule.id not in pairs for box in rule.boxes),
        *(box for rule in versions[1] if rule.id not in pairs.values() for box in rule.boxes),
        *_overridden_otherwise(versions, pairs),
    ]
    return apart(sorted(alone, key=lambda box: box_words(box, space.facts)), space)


def _pairs(versions: Versions) -> Mapping[str, str]:
    """The ids of the rules that count for the same, in both versions; they may have been renamed."""
    before, after = ({rule.id: rule.said for rule in rules} for rules in versions)
    pairs = {rule_id: rule_id for rule_id, said in before.items() if after.get(rule_id) == said}
    renamed: dict[tuple[Key, Region], list[str]] = {}
    for rule_id in sorted(after.keys() - pairs.keys()):
        renamed.setdefault(after[rule_id], []).append(rule_id)
    for rule_id in sorted(before.keys() - pairs.keys()):
        if others := renamed.get(before[rule_id]):
            pairs[rule_id] = others.pop()
    return pairs


def _overridden_otherwise(versions: Versions, pairs: Mapping[str, str]) -> Iterator[Box]:
    """Where two of the paired rules match of which one overrides the other in one version alone."""
    before, after = ({rule.id: rule for rule in rules} for rules in versions)
    back = {other: rule_id for rule_id, other in pairs.items()}
    for rule_id, other in pairs.items():
        lost = before[rule_id].loses & pairs.keys()
        loses_now = {back[winner] for winner in after[other].loses if winner in back}
        for winner in sorted(lost ^ loses_now):
            for box in before[rule_id].boxes:
                yield from (both for one in before[winner].boxes if (both := intersect(box, one)) is not None)
