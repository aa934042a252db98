"""Lists a seller's transactions, a page at a time."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from linkedaccounts.application.billing.sellers_report import accounts_of
from linkedaccounts.application.check_field import LAST_DAY, echo
from linkedaccounts.application.exactly_once import digest
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.application.storage_port import Reading, Sought, Storage
from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.domain.ledger import Transaction, TransactionKind

PAGE, MOST = 50, 500
DIGITS = 16
"""Of the fingerprint of what was asked, in a page's token."""


@dataclass(frozen=True, slots=True)
class TransactionsAsked:
    """A request as the caller states it: days are ISO 8601 texts, empty where not given, as is the store."""

    account_id: str
    store: str = ""
    from_day: str = ""
    through_day: str = ""
    kinds: frozenset[TransactionKind] = frozenset()
    page_size: int = 0
    page_token: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for pages of one list."""
        kinds = sorted(kind.value for kind in self.kinds)
        return digest((self.account_id, self.store, self.from_day, self.through_day, kinds))[:DIGITS]


@dataclass(frozen=True, slots=True)
class Page:
    """Some transactions, and the token for those after them; it is empty if there are no more."""

    transactions: tuple[Transaction, ...]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class ListTransactions:
    """The use case."""

    storage: Storage

    def __call__(self, asked: TransactionsAsked) -> Page:
        """The newest day first, within a day by id; InvalidRequest, NotFound.

        A page goes on where the one before ended, by day and id: what is booked meanwhile neither repeats nor hides
        anything.
        """
        from_day, through_day, after = _checked(asked)
        size = asked.page_size or PAGE

        def work(reading: Reading) -> list[Transaction]:
            accounts = accounts_of(reading, asked.account_id)
            own = tuple(account.id for account in accounts if asked.store in ("", account.store))
            return reading.transactions(Sought(own, from_day, through_day, asked.kinds, after), size + 1)

        return _page(self.storage.read(work), size, asked)


def _page(found: Sequence[Transaction], size: int, asked: TransactionsAsked) -> Page:
    shown = tuple(found[:size])
    return Page(shown, _token(shown[-1], asked) if len(found) > size else "")


def _checked(asked: TransactionsAsked) -> tuple[date | None, date | None, tuple[date, str] | None]:
    problems: list[FieldProblem] = []
    from_day = check_bound(asked.from_day, "from_day", problems)
    through_day = check_bound(asked.through_day, "through_day", problems)
    if not 0 <= asked.page_size <= MOST:
        problems.append(FieldProblem("page_size", "PAGE_SIZE_INVALID", {"most": str(MOST)}))
    after = _after(asked, problems)
    if problems:
        raise InvalidRequest(problems)
    return from_day, through_day, after


def check_bound(text: str, field: str, problems: list[FieldProblem]) -> date | None:
    """The day of a text; None if it is empty, or no day, which is a problem."""
    day = parse_day(text) if text else None
    if text and (day is None or day > LAST_DAY):
        problems.append(FieldProblem(field, "DAY_INVALID", {"day": echo(text)}))
        return None
    return day


def _token(last: Transaction, asked: TransactionsAsked) -> str:
    return urlsafe_b64encode(f"{asked.fingerprint} {last.day} {last.id}".encode()).decode()


def _after(asked: TransactionsAsked, problems: list[FieldProblem]) -> tuple[date, str] | None:
    if not asked.page_token:
        return None
    try:
        fingerprint, day, last = urlsafe_b64decode(asked.page_token).decode().split(" ")
        if fingerprint == asked.fingerprint:
            return date.fromisoformat(day), last
    except (ValueError, binascii.Error):
        pass
    problems.append(FieldProblem("page_token", "PAGE_TOKEN_INVALID"))
    return None
