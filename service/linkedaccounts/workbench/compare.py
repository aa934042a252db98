"""Compares two policies without any log: equal, or exactly where not.

Three things can differ: the values of the catalogue, what is decided for which facts, and what is said of it. Decisions
are compared over all facts that both policies can be asked with; a store that only one of them has is a difference of
the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.policy import Policy
from linkedaccounts.workbench.compare_catalogue import ValueChange, catalogue_changes
from linkedaccounts.workbench.compare_decision import DecisionComparison, compare_decisions
from linkedaccounts.workbench.compare_quote import Quoted, Quotes
from linkedaccounts.workbench.compare_said import Saying, said_of_the_catalogue

QUOTED_FIELDS = frozenset({"cap", "fee", "split", "peg", "reporting_currency", "minor_digits"})
"""The values of the catalogue that a quote follows."""


@dataclass(frozen=True, slots=True)
class QuotedValue:
    """A value of the catalogue that differs, and what a seller in all stores pays, if that is known.

    Of several values with one and the same quote the first has it.
    """

    change: ValueChange
    quoted: Quoted | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two policies differ; ``decisions`` are those in which something is decided, or said, differently."""

    old_version: str
    new_version: str
    values: tuple[QuotedValue, ...]
    decisions: tuple[DecisionComparison, ...]
    said: tuple[Saying, ...]

    @property
    def equal(self) -> bool:
        """Whether both do the same for every seller and action; they may still say it differently."""
        return not self.values and all(decision.equal for decision in self.decisions)

    @property
    def identical(self) -> bool:
        """Whether they also say the same."""
        return self.equal and not self.all_said

    @property
    def all_said(self) -> tuple[Saying, ...]:
        """All that is said differently, of the catalogue and of rules."""
        return (*self.said, *(saying for decision in self.decisions for saying in decision.said))


def compare(old: Policy, new: Policy, day: date, book: RateBook | None = None) -> Comparison:
    """Compares two policies. Examples lie near ``day``; without a rate book nothing is said in money."""
    quotes = Quotes(old, new, book) if book else None
    values = _quoted(catalogue_changes(old.catalogue, new.catalogue), quotes)
    compared = (
        compare_decisions(decision, new.decisions[name], day, quotes) for name, decision in old.decisions.items()
    )
    decisions = tuple(one for one in compared if not one.equal or one.said)
    said = tuple(said_of_the_catalogue(old.catalogue, new.catalogue))
    return Comparison(old.version, new.version, values, decisions, said)


def _quoted(changes: Iterable[ValueChange], quotes: Quotes | None) -> tuple[QuotedValue, ...]:
    values: list[QuotedValue] = []
    days: set[date] = set()
    for change in changes:
        day = _day(change, quotes.book) if quotes and change.field in QUOTED_FIELDS else None
        quoted = quotes.of_all_stores(day) if quotes and day and day not in days else None
        values.append(QuotedValue(change, quoted))
        days |= {day} if day else set()
    return tuple(values)


def _day(change: ValueChange, book: RateBook) -> date:
    """The day nearest to the newest rates on which a value differs."""
    return min(max(book.last_day, change.since or date.min), change.through or date.max)
