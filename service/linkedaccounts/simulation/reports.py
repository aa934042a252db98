"""What a seller is shown equals the ledger: the list of transactions over all its pages, and statements of months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from linkedaccounts.application.billing.get_statement import GetStatement, StatementSums
from linkedaccounts.application.billing.list_transactions import ListTransactions, TransactionsAsked
from linkedaccounts.application.storage_port import Storage
from linkedaccounts.domain.billing_cycle import months_after
from linkedaccounts.domain.ledger import Transaction
from linkedaccounts.domain.money import Money
from linkedaccounts.simulation.booked import Booked, booked
from linkedaccounts.simulation.history import History
from linkedaccounts.simulation.violation import Violation

PAGE = 40
"""So small that a seller of some stores has several pages."""


class Reports:
    """Knows what was found right in the ledger, by account."""

    def __init__(self, storage: Storage, history: History) -> None:
        self._history = history
        self._list, self._statement = ListTransactions(storage), GetStatement(storage)
        self._booked: defaultdict[str, list[Booked]] = defaultdict(list)

    def add(self, new: Iterable[Transaction]) -> None:
        """What else is booked."""
        for one in new:
            self._booked[one.account].append(booked(one))

    def check(self, account: str, now: datetime, months: Iterable[date]) -> None:
        """The list of the seller of an account, and the statements of months, each by its first day; Violation."""
        group = self._history.group(self._history.accounts[account], now)
        own = [one for name in group for one in self._booked[name]]
        own.sort(key=lambda one: (-one.day.toordinal(), one.id))
        listed = [booked(one) for one in self._listed(account)]
        if listed != own:
            right = f"{account} shown a list of the {len(own)} transactions that are booked"
            raise Violation(now.date(), self._history.seller_of(account), right, _difference(listed, own))
        for month in months:
            self._check_statement(account, month, own)

    def _listed(self, account: str) -> Iterable[Transaction]:
        token: str | None = ""
        while token is not None:
            page = self._list(TransactionsAsked(account, page_size=PAGE, page_token=token))
            yield from page.transactions
            token = page.next_page_token or None

    def _check_statement(self, account: str, first: date, own: Sequence[Booked]) -> None:
        """It adds up, opens with what was booked before it, and closes with what the next one opens with."""
        month, following = f"{first:%Y-%m}", months_after(first, 1)
        sums = self._statement(account, month).sums
        found = {of.opening.currency.code: (of.opening.minor, of.closing.minor) for of in sums}
        opening, closing = _owed(own, first), _owed(own, following)
        right = {code: (opening.get(code, 0), minor) for code, minor in closing.items()}
        seller = self._history.seller_of(account)
        if found != right:
            raise Violation(month, seller, f"a statement of {account} that opens and closes with {right}", found)
        for of in sums:
            if _summed(of) != of.closing:
                raise Violation(month, seller, f"a statement of {account} that closes with {_summed(of)}", of)


def _owed(own: Iterable[Booked], before: date) -> dict[str, int]:
    """By currency, what was booked before a day adds up to."""
    found: dict[str, int] = {}
    for one in own:
        if one.day < before:
            found[one.currency] = found.get(one.currency, 0) + one.minor
    return found


def _summed(of: StatementSums) -> Money:
    return of.opening + of.standard_fees + of.discounts + of.refunds


def _difference(listed: Sequence[Booked], own: Sequence[Booked]) -> str:
    missing, foreign = set(own) - set(listed), set(listed) - set(own)
    said = ", ".join(one.id for one in sorted(missing | foreign)[:3])
    return f"{len(listed)} with {len(missing)} missing and {len(foreign)} others, such as {said or 'none: their order'}"
