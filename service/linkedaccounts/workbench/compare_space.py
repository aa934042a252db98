"""The facts that two policies can both be asked with, and what the regions of each are among them.

A catalogue ties facts together: it says of a store and a day the region, the currency and the fee. Where two catalogues
say this differently, those facts are no longer given: a region that names them is told by the stores and days instead
for which its own catalogue makes it hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from linkedaccounts.policy.regions import STORE_FACTS, Box, CatalogueRow, Space, intersect
from linkedaccounts.policy.wording import box_words
from linkedaccounts.workbench.compare_cells import merged


class SharedSpace:
    """What is common to the spaces of one decision in two policies."""

    def __init__(self, old: Space, new: Space) -> None:
        rows = _ordered(old.rows)
        self._of_stores = bool(rows)
        self._tied: frozenset[str] = frozenset()
        if rows != _ordered(new.rows):
            self._tied = frozenset(fact for row in rows for fact in row.facts) - set(STORE_FACTS)
            rows = _in_both(rows, _ordered(new.rows))
        common = {path: fact.domain.intersect(new.facts[path].domain) for path, fact in old.facts.items()}
        self._narrower = {path: values for path, values in common.items() if _differs(path, old, new)}
        self.space = Space({path: replace(fact, domain=common[path]) for path, fact in old.facts.items()}, rows)

    @property
    def empty(self) -> bool:
        """Whether no question can be put to both: on no day do their catalogues have a store in common."""
        return self._of_stores and not self.space.rows

    def boxes(self, boxes: Iterable[Box], own: Space) -> list[Box]:
        """The boxes of one of the two policies, whose own space is given, as boxes of the shared space.

        Their order, and that of the facts in them, do not depend on the order in which rule files state them.
        """
        given = list(boxes)
        freed = (free for box in given for free in self._freed(box, own))
        narrow = [box for free in freed if (box := self._narrowed(free)) is not None]
        if all(self._tied.isdisjoint(box) for box in given):
            return sorted(narrow, key=lambda box: box_words(box, self.space.facts))
        return merged(narrow, self.space)

    def _freed(self, box: Box, own: Space) -> list[Box]:
        """A box without the facts that the catalogues tie differently."""
        if self._tied.isdisjoint(box):
            return [box]
        free = {fact: values for fact, values in box.items() if fact not in self._tied}
        rows = [
            row
            for row in _ordered(own.rows)
            if all(row.facts[fact] in box[fact] for fact in self._tied if fact in box and fact in row.facts)
        ]
        return [both for row in rows if (both := intersect(free, _of_store(row).box)) is not None]

    def _narrowed(self, box: Box) -> Box | None:
        both = intersect(box, {fact: values for fact, values in self._narrower.items() if fact in box})
        if both is None:
            return None
        return {path: both[path] for path in sorted(both) if both[path] != self.space.facts[path].domain}


def _differs(path: str, old: Space, new: Space) -> bool:
    return old.facts[path].domain != new.facts[path].domain


def _ordered(rows: Iterable[CatalogueRow]) -> list[CatalogueRow]:
    return sorted(rows, key=lambda row: (sorted((fact, str(value)) for fact, value in row.facts.items()), row.days))


def _of_store(row: CatalogueRow) -> CatalogueRow:
    """A row that says nothing but which store there is."""
    return replace(row, facts={fact: value for fact, value in row.facts.items() if fact in STORE_FACTS})


def _in_both(rows: Sequence[CatalogueRow], others: Sequence[CatalogueRow]) -> list[CatalogueRow]:
    """The stores and days that both catalogues have."""
    shared: list[CatalogueRow] = []
    for one in map(_of_store, rows):
        for other in map(_of_store, others):
            days = (max(one.days[0], other.days[0]), min(one.days[1], other.days[1]))
            if one.facts == other.facts and days[0] <= days[1]:
                shared.append(replace(one, days=days))
    return shared
