"""Lists a seller's transactions, a page at a time."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from linkedaccounts.application.billing.sellers_report import accounts_of
from linkedaccounts.application.check_field import LAST_DAY, can_be_kept, echo
from linkedaccounts.application.exactly_once import digest
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.application.storage_port import Reading, Sought, Storage
from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.domain.ledger import Transaction, TransactionKind

PAGE, MOST = 50, 500
DIGITS = 16
"""Of a page's token: the beginning of the digest of what was asked, and of where the page before ended."""


@dataclass(frozen=True, slots=True)
class TransactionsAsked:
    """A request as the caller states it: days are ISO 8601 texts, empty where not given, as is the store.

    ``found`` is what is wrong with it already, in what could not be stated here.
    """

    account_id: str
    store: str = ""
    from_day: str = ""
    through_day: str = ""
    kinds: frozenset[TransactionKind] = frozenset()
    page_size: int = 0
    page_token: str = ""
    found: tuple[FieldProblem, ...] = ()

    def token(self, day: str, last: str) -> str:
        """The token of the page after the one that ends with the transaction ``last`` of a day.

        It gives no access to anything: what a page shows follows from the rest of the request. Its digest tells a token
        that was damaged, or belongs to another list.
        """
        kinds = sorted(kind.value for kind in self.kinds)
        asked = (self.account_id, self.store, self.from_day, self.through_day, kinds)
        return urlsafe_b64encode(f"{digest((*asked, day, last))[:DIGITS]} {day} {last}".encode()).decode()


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
    return Page(shown, asked.token(str(shown[-1].day), shown[-1].id) if len(found) > size else "")


def _checked(asked: TransactionsAsked) -> tuple[date | None, date | None, tuple[date, str] | None]:
    problems = list(asked.found)
    from_day, through_day = check_days(asked, problems)
    if not 0 <= asked.page_size <= MOST:
        problems.append(FieldProblem("page_size", "PAGE_SIZE_INVALID", {"most": str(MOST)}))
    after = _after(asked, problems)
    if problems:
        raise InvalidRequest(problems)
    return from_day, through_day, after


def check_days(asked: TransactionsAsked, problems: list[FieldProblem]) -> tuple[date | None, date | None]:
    """The first and the last day that are asked for; None where none is given, or what is given is a problem."""
    first = _bound(asked.from_day, "from_day", problems)
    last = _bound(asked.through_day, "through_day", problems)
    if first and last and last < first:
        values = {"from_day": str(first), "through_day": str(last)}
        problems.append(FieldProblem("through_day", "DAYS_REVERSED", values))
    return first, last


def _bound(text: str, field: str, problems: list[FieldProblem]) -> date | None:
    day = parse_day(text) if text else None
    if text and (day is None or day > LAST_DAY):
        problems.append(FieldProblem(field, "DAY_INVALID", {"day": echo(text)}))
        return None
    return day


def _after(asked: TransactionsAsked, problems: list[FieldProblem]) -> tuple[date, str] | None:
    if not asked.page_token:
        return None
    with suppress(ValueError):
        _, day, last = urlsafe_b64decode(asked.page_token).decode().split(" ")
        if asked.page_token == asked.token(day, last) and can_be_kept(last):
            return date.fromisoformat(day), last
    problems.append(FieldProblem("page_token", "PAGE_TOKEN_INVALID"))
    return None
