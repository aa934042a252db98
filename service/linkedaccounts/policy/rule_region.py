"""Where rules match, by which they are checked together; and what they do there, as a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from linkedaccounts.policy.check_rules import DecisionDraft
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.given_facts import completed
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.regions import Box, Space, intersect
from linkedaccounts.policy.values import Encoded
from linkedaccounts.policy.wording import case_words, region_words, table_words

MOST_BOXES_SAID = 3
"""Boxes of a region that a message names; a long one says how many there are besides."""


@dataclass(frozen=True, slots=True)
class RuleRegion:
    """A rule and the boxes in which it matches; of facts that can occur, and at least one."""

    rule: Rule
    boxes: tuple[Box, ...]

    def common(self, other: RuleRegion, space: Space) -> list[Box]:
        """The boxes in which both match."""
        pairs = (intersect(box, another) for box in self.boxes for another in other.boxes)
        return [both for both in pairs if both is not None and space.example(both) is not None]


@dataclass(frozen=True)
class Regions:
    """The rules of a decision that can be compared, each with its region, among all facts that can occur."""

    draft: DecisionDraft
    space: Space
    of_rules: Sequence[RuleRegion]
    loses: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def where(self, boxes: Sequence[Box]) -> str:
        """A region in the editor's words: `where store.code US`, `on any facts`."""
        everywhere = any(not box for box in boxes)
        return "on any facts" if everywhere else f"where {region_words(boxes, self.space.facts, MOST_BOXES_SAID)}"

    def case(self, name: str, boxes: Sequence[Box], expect: Iterable[str] = ()) -> str:
        """A table of one case in a region; it expects what it is told to, or else what the rules now give."""
        facts: Mapping[str, Encoded | None] = self.space.example(boxes[0]) or {}
        ids = list(expect) or [rule.id for rule in self._decision.evaluate(completed(facts, self._decision))]
        return table_words(self.draft.form.name, case_words(name, facts, self.space.facts, ids))

    @cached_property
    def _decision(self) -> Decision:
        rules = [region.rule for region in self.of_rules]
        return Decision(self.draft.form, rules, self.draft.otherwise, self.space)
