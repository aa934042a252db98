"""What the cases of a policy show of its rules: which items are shown by a case that passes, and which by none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from linkedaccounts.policy.cases import CaseResult
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.regions import inside
from linkedaccounts.workbench.coverage_items import Item, Kind, items_of


@dataclass(frozen=True, slots=True)
class Seen:
    """An item, and the names of the cases that show it, in the order of the tables."""

    item: Item
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """All items of a policy, by place; ``uncounted`` are rules with too many combinations to say what they need."""

    seen: tuple[Seen, ...]
    uncounted: tuple[Rule, ...]

    @property
    def missing(self) -> tuple[Item, ...]:
        """The items that no case shows."""
        return tuple(each.item for each in self.seen if not each.by)

    def tally(self, kind: Kind | None = None) -> tuple[int, int]:
        """How many items of a kind, or of all, are shown, and how many there are."""
        counted = [each for each in self.seen if kind in {None, each.item.kind}]
        return sum(bool(each.by) for each in counted), len(counted)

    def share(self) -> Fraction:
        """Which part of all items is shown, exactly: 1 where there is nothing to show."""
        shown, count = self.tally()
        return Fraction(shown, count) if count else Fraction(1)


def coverage(decisions: Mapping[str, Decision], results: Iterable[CaseResult]) -> Coverage:
    """What the cases that pass show of all decisions; a case that fails shows nothing."""
    passed = [result.case for result in results if result.passed]
    seen: list[Seen] = []
    uncounted: list[Rule] = []
    for name, decision in decisions.items():
        cases = [case for case in passed if case.decision == name]
        items, too_many = items_of(decision)
        uncounted.extend(too_many)
        for item in items:
            by = (case.name for case in cases if any(inside(box, case.facts) for box in item.boxes))
            seen.append(Seen(item, tuple(by)))
    seen.sort(key=lambda each: each.item.place)
    return Coverage(tuple(seen), tuple(sorted(uncounted, key=lambda rule: rule.place)))
