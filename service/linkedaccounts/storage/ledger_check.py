"""Reading the ledger to check it: what is booked of some days, what is set aside, and what all of it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, case, func, select

from linkedaccounts.domain.ledger import LedgerAccount, Transaction
from linkedaccounts.storage.ledger_rows import with_entries
from linkedaccounts.storage.ledger_tables import BILLED_ACCOUNTS, LEDGER_ENTRIES, LEDGER_TRANSACTIONS, SET_ASIDE
from linkedaccounts.storage.sql_storage import SqlStorage

PAGE = 2000
# Outer: a transaction without a single entry is to be found, too.
_JOINED = LEDGER_TRANSACTIONS.outerjoin(LEDGER_ENTRIES, LEDGER_TRANSACTIONS.c.id == LEDGER_ENTRIES.c.transaction_id)


class Unbalanced(NamedTuple):
    """A transaction whose entries raise what is owed by ``entries``, and not by its ``amount`` (minor units)."""

    id: str
    account: str
    day: date
    amount: int
    entries: int


class SqlLedgerCheck:
    """Looks at the tables as they are, by none of the ways in which charging sees them."""

    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage

    def is_empty(self) -> bool:
        """Whether there is neither an account nor a transaction."""
        accounts, booked = select(BILLED_ACCOUNTS.c.account_id), select(LEDGER_TRANSACTIONS.c.id)
        return self._storage.read_by(
            lambda c: c.scalar(accounts.limit(1)) is None and c.scalar(booked.limit(1)) is None
        )

    def since(self, day: date) -> Iterator[Transaction]:
        """What is booked of a day and later ones, by id, a page at a time."""
        after: str | None = ""
        while after is not None:
            page = self._storage.read_by(partial(_page, day=day, after=after))
            yield from page
            after = page[-1].id if len(page) == PAGE else None

    def set_aside(self) -> Mapping[tuple[str, date], str]:
        """The reason of each cycle that is set aside, by account and day."""
        query = select(SET_ASIDE.c.account_id, SET_ASIDE.c.day, SET_ASIDE.c.reason)
        return self._storage.read_by(lambda c: {(row.account_id, row.day): row.reason for row in c.execute(query)})

    def sums(self, day: date) -> Mapping[str, tuple[int, int]]:
        """How many transactions there are in each currency, and the sum of their amounts in minor units."""
        table = LEDGER_TRANSACTIONS.c
        query = select(table.currency, func.count().label("n"), func.sum(table.amount).label("minor"))
        grouped = query.where(table.day >= day).group_by(table.currency)
        return self._storage.read_by(lambda c: {row.currency: (row.n, int(row.minor)) for row in c.execute(grouped)})

    def balances(self, day: date) -> Mapping[str, Mapping[str, int]]:
        """Debits less credits of each ledger account, by currency, summed from the entries alone."""
        entry, head = LEDGER_ENTRIES.c, LEDGER_TRANSACTIONS.c
        columns = (head.currency, entry.debit, entry.credit, func.sum(entry.minor).label("minor"))
        query = select(*columns).select_from(_JOINED).where(head.day >= day, entry.minor.is_not(None))
        grouped = query.group_by(head.currency, entry.debit, entry.credit)
        found: dict[str, dict[str, int]] = {}
        for row in self._storage.read_by(lambda c: list(c.execute(grouped))):
            of = found.setdefault(row.currency, {})
            of[row.debit] = of.get(row.debit, 0) + int(row.minor)
            of[row.credit] = of.get(row.credit, 0) - int(row.minor)
        return found

    def unbalanced(self, day: date) -> Sequence[Unbalanced]:
        """Transactions whose amount is not what their entries raise the receivable by."""
        entry, head = LEDGER_ENTRIES.c, LEDGER_TRANSACTIONS.c
        owed = LedgerAccount.RECEIVABLE.value
        raised = case((entry.debit == owed, entry.minor), else_=0) - case((entry.credit == owed, entry.minor), else_=0)
        come_to = func.coalesce(func.sum(raised), 0)
        columns = (head.id, head.account_id, head.day, head.amount)
        query = select(*columns, come_to.label("entries")).select_from(_JOINED).where(head.day >= day)
        wrong = query.group_by(*columns).having(come_to != head.amount).order_by(head.day, head.id)
        return self._storage.read_by(lambda c: [Unbalanced(*row[:4], int(row.entries)) for row in c.execute(wrong)])


def _page(connection: Connection, day: date, after: str) -> list[Transaction]:
    table = LEDGER_TRANSACTIONS.c
    later = select(LEDGER_TRANSACTIONS).where(table.day >= day, table.id > after)
    return with_entries(connection, connection.execute(later.order_by(table.id).limit(PAGE)))
