"""The rate book that quotes use, and how a newly published one takes its place.

A published file replaces the current book only as a whole: it is fetched, checked to its last figure, compared with
the current book, kept on disk, and only then used. Other processes follow what is kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from linkedaccounts.domain.rate_book_changes import RateBookChanges, changes
from linkedaccounts.domain.rates import RateBook

CORRECTIONS_ALLOWED = 50
"""How many figures of the current book a new one may state differently.

Past quotes were made on those figures. The publisher does correct single figures, at most a day's row of them; a file
with more is rather one whose columns are mixed up.
"""

LISTED = 5
"""How many days, currencies or figures a problem names before it only counts them."""


class RefreshFailed(Exception):
    """The current book stays in use; ``problems`` is why, a line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class SourceUnreachable(RefreshFailed):
    """The published file cannot be had."""


class BookRejected(RefreshFailed):
    """The file is not a sound rate book, or it lacks something that the current book has."""


class BookNotKept(RefreshFailed):
    """The data directory cannot be written."""


@dataclass(frozen=True, slots=True)
class PublishedBook:
    """A published file that passed every check of its own: its text, kept byte by byte, and the book in it."""

    text: bytes
    book: RateBook


class FetchBook(Protocol):
    """Gets the published file."""

    def __call__(self, source: str) -> PublishedBook:
        """The file at a path or URL, checked; SourceUnreachable or BookRejected."""


class KeptBook(Protocol):
    """The one book kept on disk, seen by every process of the service."""

    def load(self) -> RateBook | None:
        """The kept book; None if there is none that can be read, which is logged and never raised."""

    def keep(self, published: PublishedBook) -> None:
        """Replaces the kept book in one step, within ``exclusively``; BookNotKept."""

    def stamp(self) -> object:
        """A value that changes whenever the kept book does."""

    def exclusively(self) -> AbstractContextManager[None]:
        """Holds off every other process that would replace the kept book; BookNotKept."""


class RateBookKeeper:
    """Has the book that quotes use: the newest of the one that came with the service and the one kept on disk.

    ``current`` is that book; ``is_kept`` says whether it is the one kept on disk.
    """

    def __init__(self, packaged: RateBook, kept: KeptBook) -> None:
        self.current = packaged
        self.is_kept = False
        self._kept = kept
        self._seen: object = None
        self.refresh_from_disk()

    def refresh_from_disk(self) -> bool:
        """Takes over what another process has kept since; says whether it did. One ``stat`` when nothing changed.

        A kept book that ends earlier than the current one is passed over.
        """
        stamp = self._kept.stamp()
        if stamp == self._seen:
            return False
        book = self._kept.load()
        self._seen = stamp
        if book is None or book.last_day < self.current.last_day:
            return False
        self.current, self.is_kept = book, True
        return True

    def take(self, book: RateBook) -> None:
        """Uses ``book``, which this process has just kept."""
        self._seen = self._kept.stamp()
        self.current, self.is_kept = book, True

    def age_days(self, today: date) -> int:
        """How many days before ``today`` the current book ends."""
        return max(0, (today - self.current.last_day).days)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A refresh that went well: where the book ended before and ends now, and all that is different, if anything."""

    last_day_before: date
    last_day: date
    changes: RateBookChanges


class RefreshRates:
    """Brings the current book up to date from the publisher. ``succeeded`` and ``failed`` count the calls."""

    def __init__(
        self,
        fetch: FetchBook,
        kept: KeptBook,
        keeper: RateBookKeeper,
        today: Callable[[], date],
        corrections_allowed: int = CORRECTIONS_ALLOWED,
    ) -> None:
        self._fetch = fetch
        self._kept = kept
        self._keeper = keeper
        self._today = today
        self._corrections_allowed = corrections_allowed
        self.succeeded = 0
        self.failed = 0

    def __call__(self, source: str) -> Refreshed:
        """Fetches, checks, compares, keeps and uses the file at ``source``; RefreshFailed if nothing is replaced.

        A file that says what the current book says is a success that replaces nothing.
        """
        try:
            refreshed = self._refresh(self._fetch(source))
        except Exception:
            self.failed += 1
            raise
        self.succeeded += 1
        return refreshed

    def _refresh(self, published: PublishedBook) -> Refreshed:
        with self._kept.exclusively():
            self._keeper.refresh_from_disk()
            before = self._keeper.current
            found = changes(before, published.book)
            if problems := self._objections(before, published.book, found):
                raise BookRejected(problems)
            if found.anything:
                self._kept.keep(published)
                self._keeper.take(published.book)
        return Refreshed(before.last_day, published.book.last_day, found)

    def _objections(self, before: RateBook, after: RateBook, found: RateBookChanges) -> list[str]:
        tomorrow = self._today() + timedelta(days=1)  # the publisher's day may have begun where ours has not
        changed = found.figures_changed if len(found.figures_changed) > self._corrections_allowed else ()
        objections = [
            (after.last_day > tomorrow, f"it ends on {after.last_day}, a day that is not yet"),
            (after.last_day < before.last_day, f"it ends on {after.last_day}, the current book on {before.last_day}"),
            (found.days_lost, f"it lacks days of the current book: {_listed(found.days_lost)}"),
            (found.currencies_lost, f"it lacks currencies of the current book: {_listed(found.currencies_lost)}"),
            (found.figures_lost, f"it lacks figures of the current book: {_listed(found.figures_lost)}"),
            (changed, f"it changes {len(changed)} figures of the current book, not just a few: {_listed(changed)}"),
        ]
        return [problem for holds, problem in objections if holds]


def _listed(things: Iterable[object]) -> str:
    names = [str(thing) for thing in things]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
