"""The facts that a case can state and that can occur: what a table of cases may be asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from linkedaccounts.policy.findings import MOST
from linkedaccounts.policy.regions import Box, Space, intersect
from linkedaccounts.policy.values import Spans
from linkedaccounts.policy.vocabulary import DECIMAL_DIGITS, FactType

_RANGES = {
    FactType.COUNT: (0, MOST),
    FactType.DATE: (1, date.max.toordinal()),
    FactType.DECIMAL: (-MOST * 10**DECIMAL_DIGITS, MOST * 10**DECIMAL_DIGITS),
}
"""The lowest and the highest value of an ordered fact that a rule file can state."""


def stateable(boxes: Iterable[Box], space: Space) -> tuple[Box, ...]:
    """The boxes less the values that no case can state; without the boxes that are empty then, or cannot occur."""
    stated = (intersect(box, _within(box, space)) for box in boxes)
    return tuple(box for box in stated if box is not None and space.example(box) is not None)


def _within(box: Box, space: Space) -> Box:
    ranges = ((path, _RANGES.get(space.facts[path].type)) for path in box)
    return {path: Spans((most,), unknown=True) for path, most in ranges if most}
