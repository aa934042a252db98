"""The map of the rules: where each box and arrow of the picture stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkedaccounts.workbench.site.rule_view import DecisionView, RuleView

COLUMN, BOX_WIDTH, BOX_HEIGHT, ROW = 300, 266, 34, 42
"""Sizes in the picture's units, which a screen shows as pixels."""

COLUMNS = 3
TOP, GAP = 36, 18


@dataclass(frozen=True, slots=True)
class MapBox:
    """A rule: its upper left corner, and what it looks like."""

    x: int
    y: int
    rule: RuleView
    otherwise: bool


@dataclass(frozen=True, slots=True)
class MapArrow:
    """From a rule to one that it goes before: a path of SVG."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class MapColumn:
    """A decision with its boxes and arrows."""

    x: int
    y: int
    view: DecisionView
    boxes: tuple[MapBox, ...]
    arrows: tuple[MapArrow, ...]

    @property
    def bottom(self) -> int:
        """Where the column ends."""
        return self.y + TOP + ROW * len(self.boxes)


@dataclass(frozen=True, slots=True)
class RuleMap:
    """The whole picture."""

    width: int
    height: int
    columns: tuple[MapColumn, ...]


def rule_map(views: Iterable[DecisionView]) -> RuleMap:
    """The picture of all decisions: each stands below the shortest of ``COLUMNS`` so far."""
    columns: list[MapColumn] = []
    bottoms = [0] * COLUMNS
    for view in views:
        shortest = bottoms.index(min(bottoms))
        columns.append(_column(view, shortest * COLUMN, bottoms[shortest]))
        bottoms[shortest] = columns[-1].bottom + GAP
    return RuleMap(COLUMN * COLUMNS, max(bottoms), tuple(columns))


def _column(view: DecisionView, x: int, y: int) -> MapColumn:
    rows = [*_ordered(view.rows), *([view.otherwise] if view.otherwise else [])]
    boxes = tuple(MapBox(x, y + TOP + n * ROW, rule, rule is view.otherwise) for n, rule in enumerate(rows))
    return MapColumn(x, y, view, boxes, tuple(_arrows(boxes)))


def _ordered(rows: Sequence[RuleView]) -> list[RuleView]:
    """Every rule after those that go before it; what is not ordered stays as it is listed."""
    placed: list[RuleView] = []
    left = list(rows)
    while left:
        beaten = {other for rule in left for other in rule.overrides}
        free = [rule for rule in left if rule.id not in beaten] or left[:1]
        placed.extend(free)
        left = [rule for rule in left if rule not in free]
    return placed


def _arrows(boxes: Sequence[MapBox]) -> Iterable[MapArrow]:
    by_id = {box.rule.id: box for box in boxes}
    for box in boxes:
        for lost in box.rule.overrides:
            if lost in by_id:
                yield MapArrow(_bow(box, by_id[lost]), f"{box.rule.id} → {lost}")


def _bow(one: MapBox, other: MapBox) -> str:
    """A curve along the right side, wider for boxes further apart."""
    x, start, end = one.x + BOX_WIDTH, one.y + BOX_HEIGHT // 2, other.y + BOX_HEIGHT // 2
    out = x + min(24, 8 + abs(end - start) // 20)
    return f"M {x} {start} C {out} {start}, {out} {end}, {x} {end}"
