"""Boxes of facts laid over one another, and put together again so that an editor reads few of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from linkedaccounts.domain.effects import Allowed, Effect, Grounds
from linkedaccounts.policy.regions import MOST_BOXES, Box, Space, TooComplex, intersect
from linkedaccounts.policy.values import ValueSet
from linkedaccounts.policy.wording import box_words

Item: TypeAlias = tuple[str, ValueSet]

Key: TypeAlias = Effect | Allowed | tuple[Grounds, str] | str
"""What counts of a rule that decides: of a choice its effect, of a refusal its grounds and reason …"""

MOST_WIDENED = 40
"""Regions of more boxes than this are told as they were computed."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is decided before, and after; of a decision that takes several rules, only what is not the same."""

    before: tuple[Key, ...]
    after: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A box of facts throughout which the same changes."""

    box: Box
    changes: frozenset[Change]


def split(boxes: Sequence[Box], by: Iterable[Box], space: Space) -> tuple[list[Box], list[Box]]:
    """The parts of boxes inside of others, none of which overlap, and the parts outside; TooComplex if too many."""
    inside: list[Box] = []
    outside = list(boxes)
    for other in by:
        met = [both for box in outside if (both := intersect(box, other)) is not None]
        if met:
            inside.extend(met)
            outside = space.remaining(outside, [other])
    return [box for box in inside if space.example(box) is not None], outside


def apart(boxes: Sequence[Box], space: Space) -> list[Box]:
    """The same region in boxes that do not overlap; TooComplex if too many."""
    return [part for number, box in enumerate(boxes) for part in space.remaining([box], _meeting(box, boxes[:number]))]


def overlaid(layers: Iterable[Sequence[Cell]], space: Space) -> list[Cell]:
    """Cells that do not overlap, each with the changes of all layers in it; TooComplex if too many.

    The cells of one layer must not overlap.
    """
    cells: list[Cell] = []
    for layer in layers:
        below = [cell.box for cell in cells]
        alone = [
            Cell(box, one.changes) for one in layer for box in space.remaining([one.box], _meeting(one.box, below))
        ]
        for one in layer:
            cells = [part for cell in cells for part in _laid_over(one, cell, space)]
        cells = [*cells, *alone]
        if len(cells) > MOST_BOXES:
            raise TooComplex
    return cells


def _meeting(box: Box, others: Iterable[Box]) -> list[Box]:
    return [other for other in others if intersect(box, other) is not None]


def _laid_over(one: Cell, cell: Cell, space: Space) -> list[Cell]:
    """The parts of a cell inside and outside of the other, whose changes those inside have too."""
    if intersect(one.box, cell.box) is None:
        return [cell]
    inside, outside = split([cell.box], [one.box], space)
    return [*(Cell(box, cell.changes | one.changes) for box in inside), *(Cell(box, cell.changes) for box in outside)]


def put_together(boxes: Sequence[Box], space: Space) -> tuple[Box, ...]:
    """The same region in few and wide boxes, which may overlap; in an order that only the boxes decide."""
    joined = merged(boxes, space)
    try:
        wide = _widened(joined, space) if len(joined) <= MOST_WIDENED else joined
    except TooComplex:
        wide = joined
    return tuple(sorted(wide, key=lambda box: box_words(box, space.facts)))


def merged(boxes: Sequence[Box], space: Space) -> list[Box]:
    """The same region, boxes that differ in one fact alone as one; in an order that only the boxes decide."""
    left = [frozenset(box.items()) for box in boxes]
    paths = sorted({path for box in boxes for path in box})
    before = 0
    while len(left) != before:
        before = len(left)
        for path in paths:
            left = _united(left, path, space.facts[path].domain)
    return sorted((_ordered(box) for box in left), key=lambda box: box_words(box, space.facts))


def _ordered(box: Iterable[Item]) -> Box:
    """A box with its facts by path: by their order it is cut where it meets another."""
    return dict(sorted(box, key=lambda item: item[0]))


def _united(boxes: Iterable[frozenset[Item]], path: str, domain: ValueSet) -> list[frozenset[Item]]:
    values_of: dict[frozenset[Item], ValueSet] = {}
    for box in boxes:
        rest = frozenset(item for item in box if item[0] != path)
        values = next((item[1] for item in box if item[0] == path), domain)
        values_of[rest] = values_of[rest].unite(values) if rest in values_of else values
    return [rest if values == domain else rest | {(path, values)} for rest, values in values_of.items()]


def _widened(boxes: Sequence[Box], space: Space) -> list[Box]:
    """Boxes without the facts that the whole region does not depend on, less those that others cover."""
    wide: list[Box] = []
    for box in boxes:
        widest = box
        for path in sorted(box):
            wider = {fact: values for fact, values in widest.items() if fact != path}
            if not space.remaining([wider], boxes):
                widest = wider
        if widest not in wide:
            wide.append(widest)
    for box in list(wide):
        if not space.remaining([box], [other for other in wide if other is not box]):
            wide.remove(box)
    return wide
