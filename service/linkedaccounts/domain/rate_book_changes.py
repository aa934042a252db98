"""What one rate book has that another has not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from linkedaccounts.domain.rates import RateBook


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure that differs: units of ``currency`` for one of the base on ``day``; None where there is no figure."""

    day: date
    currency: str
    before: Decimal | None
    after: Decimal | None

    def __str__(self) -> str:
        return f"{self.day} {self.currency} {self.before or 'none'} → {self.after or 'none'}"


@dataclass(frozen=True, slots=True)
class RateBookChanges:
    """The way from one book to another, each tuple in ascending order.

    The figures are those of days and currencies that both books have; ``figures_changed`` is what they state
    differently.
    """

    days_added: tuple[date, ...]
    days_lost: tuple[date, ...]
    currencies_added: tuple[str, ...]
    currencies_lost: tuple[str, ...]
    figures_added: tuple[Correction, ...]
    figures_changed: tuple[Correction, ...]
    figures_lost: tuple[Correction, ...]

    @property
    def anything(self) -> bool:
        """Whether the books differ at all."""
        return any(getattr(self, name) for name in self.__slots__)


def changes(before: RateBook, after: RateBook) -> RateBookChanges:
    """Compares two books of one base, day by day and figure by figure."""
    old_days, new_days = set(before.days), set(after.days)
    known: set[str] = set()
    new: set[str] = set()
    differing: list[Correction] = []
    for day in sorted(old_days | new_days):
        old_row = before.per_base(day) if day in old_days else {}
        new_row = after.per_base(day) if day in new_days else {}
        known.update(old_row)
        new.update(new_row)
        if day in old_days and day in new_days:
            differing += _corrections(day, old_row, new_row)
    figures = [figure for figure in differing if figure.currency in known & new]
    return RateBookChanges(
        days_added=tuple(sorted(new_days - old_days)),
        days_lost=tuple(sorted(old_days - new_days)),
        currencies_added=tuple(sorted(new - known)),
        currencies_lost=tuple(sorted(known - new)),
        figures_added=tuple(figure for figure in figures if figure.before is None),
        figures_changed=tuple(figure for figure in figures if figure.before is not None and figure.after is not None),
        figures_lost=tuple(figure for figure in figures if figure.after is None),
    )


def _corrections(day: date, before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> list[Correction]:
    if before == after:
        return []
    return [
        Correction(day, currency, before.get(currency), after.get(currency))
        for currency in sorted({*before, *after})
        if before.get(currency) != after.get(currency)
    ]
