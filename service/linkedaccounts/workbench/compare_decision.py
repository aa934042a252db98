"""How one decision differs between two policies: regions of facts, each with what is decided in it before and after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from linkedaccounts.domain.effects import Allowed
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import COLLECT, ELIGIBILITY, FEE_DECISIONS
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.regions import Box, TooComplex
from linkedaccounts.policy.wording import Facts
from linkedaccounts.workbench.compare_answers import changed_cells
from linkedaccounts.workbench.compare_cells import Cell, Change, Key, put_together
from linkedaccounts.workbench.compare_direction import Direction, direction
from linkedaccounts.workbench.compare_example import Example, Examples
from linkedaccounts.workbench.compare_quote import Quoted, Quotes
from linkedaccounts.workbench.compare_rules import key_of
from linkedaccounts.workbench.compare_said import Saying, said_of_rules
from linkedaccounts.workbench.compare_space import SharedSpace


@dataclass(frozen=True, slots=True)
class Side:
    """What is decided in a region in one of the policies, and the ids of all rules that decide so somewhere in it.

    Of a decision that takes several rules, only those that the other policy does not take there.
    """

    keys: tuple[Key, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A region in which the answers differ in one way: boxes that may overlap, and an example out of one of them.

    ``quoted``: what a seller in the region pays before and after; None where that is not what is decided, or where no
    seller can be in it.
    """

    direction: Direction
    before: Side
    after: Side
    boxes: tuple[Box, ...]
    example: Example
    quoted: Quoted | None


@dataclass(frozen=True, slots=True)
class DecisionComparison:
    """How a decision differs. ``untold``: rules differ, in more combinations of facts than can be listed."""

    name: str
    combine: str
    facts: Facts
    differences: tuple[Difference, ...]
    untold: bool
    said: tuple[Saying, ...]

    @property
    def equal(self) -> bool:
        """Whether it is certain that nothing is decided differently."""
        return not self.differences and not self.untold


def compare_decisions(old: Decision, new: Decision, day: date, quotes: Quotes | None = None) -> DecisionComparison:
    """Where two versions of a decision differ, over all facts that both can be asked with; examples near a day."""
    shared = SharedSpace(old.space, new.space)
    differences: tuple[Difference, ...] = ()
    untold = False
    try:
        cells = [] if shared.empty else changed_cells(old, new, shared)
        differences = _Comparing(old, new, shared, day, quotes).differences(cells)
    except TooComplex:
        untold = True
    telling = {rule for one in differences for side in (one.before, one.after) for rule in side.rules}
    said = tuple(said_of_rules(old, new, shared, frozenset(telling))) if not untold else ()
    return DecisionComparison(old.form.name, old.form.combine, shared.space.facts, differences, untold, said)


class _Comparing:
    """The comparison of two versions of a decision, once the cells are known."""

    def __init__(self, old: Decision, new: Decision, shared: SharedSpace, day: date, quotes: Quotes | None) -> None:
        self._old, self._new, self._space = old, new, shared.space
        self._examples = Examples(old, new, shared.space, day)
        self._quotes = quotes if old.form.name in FEE_DECISIONS else None
        allowing = [
            (rule, decision) for decision in (new, old) for rule in decision.rules if isinstance(rule.effect, Allowed)
        ]
        self._else_allowed = [
            box
            for rule, decision in allowing
            for box in shared.boxes(decision.space.boxes(rule.condition), decision.space)
        ]

    def differences(self, cells: Sequence[Cell]) -> tuple[Difference, ...]:
        """One for each way in which the answers differ; by direction, and then by what is decided."""
        regions: dict[frozenset[Change], list[Box]] = {}
        for cell in cells:
            regions.setdefault(cell.changes, []).append(cell.box)
        found = [self._difference(changes, boxes) for changes, boxes in regions.items()]
        first = list(Direction)
        return tuple(sorted(found, key=lambda one: (first.index(one.direction), str(one.before), str(one.after))))

    def _difference(self, changes: frozenset[Change], cells: list[Box]) -> Difference:
        ordered = sorted(changes, key=str)
        boxes = put_together(cells, self._space)
        seen = [self._examples.of([box]) for box in cells]
        quoted, example = self._quoted(boxes)
        return Difference(
            direction(ordered, self._old.form),
            self._side([key for change in ordered for key in change.before], [one.before for one in seen], self._old),
            self._side([key for change in ordered for key in change.after], [one.after for one in seen], self._new),
            boxes,
            example or self._examples.of([*self._representative(boxes), *boxes]),
            quoted,
        )

    def _side(self, keys: Sequence[Key], seen: Sequence[Sequence[Rule]], decision: Decision) -> Side:
        rules = {rule.id for rules in seen for rule in rules if key_of(rule, decision) in keys}
        if decision.form.combine == COLLECT:
            # Where several entries move, each pair of them is a change: they are told once, in their order.
            keys = [key for rule in seen[0] if (key := key_of(rule, decision)) in keys]
        return Side(tuple(keys), tuple(sorted(rules)))

    def _representative(self, boxes: Collection[Box]) -> list[Box]:
        """Parts of the boxes that are else as an action that is allowed: what an editor thinks of first."""
        if self._old.form.combine != ELIGIBILITY:
            return []
        return [{**allowed, **box} for box in boxes for allowed in self._else_allowed]

    def _quoted(self, boxes: Sequence[Box]) -> tuple[Quoted | None, Example | None]:
        quotes = self._quotes
        found = (quotes.inside(box, self._space) for box in boxes) if quotes else ()
        for box, sold in zip(boxes, found, strict=False):
            if sold:
                stated = {path: sold[1][path] for path in self._examples.needed(box)}
                return sold[0], self._examples.stating(stated)
        return None, None
