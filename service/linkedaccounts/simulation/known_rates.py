"""The rates that are known at a moment: those of a day are published in its afternoon, and none of the future."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from linkedaccounts.domain.rates import RateBook

PUBLISHED = timedelta(hours=15)
"""So long after the day began by UTC, the ECB's rates of the day are there (16:00 in Frankfurt, at the latest)."""


@dataclass(frozen=True, slots=True)
class _RowsOf:
    book: RateBook

    def __getitem__(self, day: date) -> Mapping[str, Decimal]:
        return self.book.per_base(day)


class KnownRates:
    """A book cut off at a moment."""

    def __init__(self, book: RateBook) -> None:
        self._book = book
        self._cut: RateBook | None = None

    def at(self, now: datetime) -> RateBook:
        """What of the book is known by now; the same book again as long as no more is."""
        count = bisect_right(self._book.days, (now - PUBLISHED).date())
        if self._cut is None or len(self._cut.days) != count:
            self._cut = RateBook(self._book.base, self._book.days[:count], _RowsOf(self._book))
        return self._cut
