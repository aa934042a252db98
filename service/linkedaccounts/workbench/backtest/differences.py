"""What differs between recorded outcomes and a candidate's: found in one range of lines, added up over all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from heapq import nsmallest
from typing import NamedTuple, TypeAlias

from linkedaccounts.application.decision_line import QUOTE
from linkedaccounts.workbench.backtest.money import Worth
from linkedaccounts.workbench.records.reading import Place
from linkedaccounts.workbench.records.tally import Reading, moved

MOST_WORST = 10
WAITING = 400
"""So many changed quotes wait at most before the worst of them are picked."""


class MoneyKey(NamedTuple):
    """What a difference of money belongs to; ``rule`` is empty for one of the standard fee itself."""

    month: str
    store: str
    rule: str
    worth: Worth


Move: TypeAlias = tuple[MoneyKey, int]
"""A difference of so many minor units, after less before."""


class Flip(NamedTuple):
    """How decisions other than quotes change: the answer and the rules before and after."""

    decision: str
    before: str
    after: str
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A store's charge before and after, with the rules that made it; amounts with their currency."""

    store: str
    before: str
    after: str
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedQuote:
    """A quote that changes: by how much of the reporting currency in all, and its stores that do."""

    place: Place
    request_id: str
    day: str
    difference: Fraction
    lines: tuple[ChangedLine, ...]


@dataclass(slots=True)
class Differences:
    """All differences so far.

    ``changed`` counts decisions whose answer is another, ``reworded`` those of which only the rules are. ``money`` is
    in minor units, after less before; ``dearer`` and ``cheaper`` are the sums of the quotes that rise and fall.
    """

    reading: Reading = field(default_factory=Reading)
    changed: Counter[str] = field(default_factory=Counter)
    reworded: Counter[str] = field(default_factory=Counter)
    money: Counter[MoneyKey] = field(default_factory=Counter)
    dearer: Counter[Worth] = field(default_factory=Counter)
    cheaper: Counter[Worth] = field(default_factory=Counter)
    quotes_dearer: int = 0
    quotes_cheaper: int = 0
    flips: Counter[Flip] = field(default_factory=Counter)
    rises: list[ChangedQuote] = field(default_factory=list)
    falls: list[ChangedQuote] = field(default_factory=list)

    def note_flip(self, flip: Flip) -> None:
        """Notes a decision that is no quote, of which the answer or the rules differ."""
        if flip.before == flip.after:
            self.reworded[flip.decision] += 1
        else:
            self.changed[flip.decision] += 1
            self.flips[flip] += 1

    def note_quote(self, quote: ChangedQuote, moves: Iterable[Move]) -> None:
        """Notes a quote of which charges differ."""
        self.changed[QUOTE] += 1
        self.quotes_dearer += quote.difference > 0
        self.quotes_cheaper += quote.difference < 0
        for key, minor in moves:
            self.money[key] += minor
            if quote.difference:
                (self.dearer if quote.difference > 0 else self.cheaper)[key.worth] += minor
        if quote.difference:
            (self.rises if quote.difference > 0 else self.falls).append(quote)
        if len(self.rises) + len(self.falls) > WAITING:
            self.pick_worst()

    def pick_worst(self) -> None:
        """Keeps the ten quotes that rise the most, and the ten that fall the most."""
        self.rises, self.falls = _worst(self.rises), _worst(self.falls)

    def add(self, other: Differences, offsets: Mapping[str, int]) -> None:
        """Adds what was found in the next range; ``offsets`` are the lines of each file before it."""
        self.reading.add(other.reading, offsets)
        self.changed.update(other.changed)
        self.reworded.update(other.reworded)
        self.money.update(other.money)
        self.dearer.update(other.dearer)
        self.cheaper.update(other.cheaper)
        self.quotes_dearer += other.quotes_dearer
        self.quotes_cheaper += other.quotes_cheaper
        self.flips.update(other.flips)
        self.rises += [_moved(quote, offsets) for quote in other.rises]
        self.falls += [_moved(quote, offsets) for quote in other.falls]
        self.pick_worst()


def summed(moves: Iterable[Move]) -> Fraction:
    """Differences together, in the reporting currency, exactly."""
    sums = (Fraction(minor * key.worth.numerator, key.worth.denominator) for key, minor in moves)
    return sum(sums, Fraction(0))


def _worst(quotes: Iterable[ChangedQuote]) -> list[ChangedQuote]:
    """The ten that change the most; of equal ones those that stand first, wherever the ranges were cut."""
    return nsmallest(MOST_WORST, quotes, key=lambda quote: (-abs(quote.difference), quote.place))


def _moved(quote: ChangedQuote, offsets: Mapping[str, int]) -> ChangedQuote:
    place = moved(quote.place, offsets)
    return replace(quote, place=place)
