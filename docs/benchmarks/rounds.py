"""Things measured side by side, in alternating order, so that what drifts on the machine drifts for all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)
Figure = TypeVar("Figure")


@dataclass(frozen=True, slots=True)
class Spread:
    """Several figures of one thing: the one in the middle, and the least and greatest."""

    middle: float
    least: float
    greatest: float

    def __str__(self) -> str:
        return f"{_short(self.middle)} ({_short(self.least)}–{_short(self.greatest)})"


def spread_of(figures: list[float]) -> Spread:
    """The spread of at least one figure."""
    return Spread(median(figures), min(figures), max(figures))


def alternating(things: Mapping[Thing, Callable[[], Figure]], rounds: int) -> dict[Thing, list[Figure]]:
    """A figure, or several, of each thing in each round; every other round goes the other way about."""
    figures: dict[Thing, list[Figure]] = {name: [] for name in things}
    for number in range(rounds):
        names = list(things)[:: 1 if number % 2 == 0 else -1]
        for name in names:
            figures[name].append(things[name]())
    return figures


def ratio(one: list[float], other: list[float]) -> Spread:
    """What one is to the other, round by round."""
    return spread_of([first / second for first, second in zip(one, other, strict=True)])


def _short(figure: float) -> str:
    """Three figures that count."""
    if figure >= 1000:
        return f"{figure:,.0f}"
    return f"{figure:.3g}"
