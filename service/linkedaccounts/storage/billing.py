"""The memory as charging sees it: slices that one process charges at a time, and cycles set aside."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, tuple_, update

from linkedaccounts.application.billing.ports import Charged, ChargeDue, Cursor, DueCycle, Part, SetAside
from linkedaccounts.domain.events import events_of
from linkedaccounts.domain.ledger import Transaction
from linkedaccounts.storage.accounts_on_day import accounts_on
from linkedaccounts.storage.billing_slices import cut, due_in
from linkedaccounts.storage.event_rows import write_events
from linkedaccounts.storage.ledger_rows import book, with_entries
from linkedaccounts.storage.ledger_tables import (
    BILLED_ACCOUNTS,
    BILLING_SLICES,
    LEDGER_TRANSACTIONS,
    SET_ASIDE,
)
from linkedaccounts.storage.sql_storage import WRITES, SqlStorage

LONGEST_CYCLE = timedelta(days=31)
CLAIMS: Mapping[str, Mapping[str, Any]] = {
    "postgresql": {"isolation_level": "READ COMMITTED"},
    "sqlite": {"writes": True},
}
"""By database, how slices are claimed. What is read of a day that has begun does not change any more, so nothing has to
be done again because others write; and who waits for a row sees what the other one did to it."""


class SqlBilling:
    """``application.billing.ports.BillingStorage`` of a database.

    A slice is charged within one transaction that holds its row. A process that dies lets go of it, and of all that it
    wrote. Meanwhile others skip the row on PostgreSQL; on SQLite, where one writes at a time, they wait.
    """

    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage

    def days_planned(self) -> tuple[date, date] | None:
        """The first and the last day of which anything is cut into slices; None before the first run."""
        day = BILLING_SLICES.c.day
        ends = [select(end(day)).scalar_subquery() for end in (func.min, func.max)]  # each is one look into the key
        first, last = self._storage.read_by(lambda connection: connection.execute(select(*ends)).one())
        return None if first is None else (first, last)

    def stores(self) -> Sequence[str]:
        """The stores of all accounts that are charged here, each found by one look into the key."""

        def work(connection: Connection) -> list[str]:
            found: list[str] = []
            store = BILLED_ACCOUNTS.c.store
            while (
                following := connection.scalar(select(func.min(store)).where(store > (found or [""])[-1]))
            ) is not None:
                found.append(following)
            return found

        return self._storage.read_by(work)

    def planned(self, days: Collection[date]) -> Collection[Part]:
        """The parts of these days that are cut into slices."""
        table = BILLING_SLICES.c
        query = select(table.day, table.store, table.first_cycles).where(table.day.in_(list(days))).distinct()
        return self._storage.read_by(lambda connection: {Part(*row) for row in connection.execute(query)})

    def plan(self, parts: Sequence[Part], size: int) -> None:
        """Cuts parts into slices of at most ``size`` accounts, but for those that are cut already."""
        self._storage.write_by(partial(cut, parts=parts, size=size), WRITES)

    def charge_slice(self, charge: ChargeDue, through: date) -> Charged | None:
        """Charges a slice that nobody has charged or is charging, the earliest day first; None if there is none."""

        def work(connection: Connection) -> Charged | None:
            table = BILLING_SLICES.c
            key = (table.day, table.store, table.first_cycles, table.number)
            free = select(BILLING_SLICES).where(table.charged.is_(False), table.day <= through).order_by(*key).limit(1)
            found = connection.execute(free.with_for_update(skip_locked=True)).one_or_none()
            if found is None:
                return None
            due = _cycles(connection, found)
            charged = charge(due)
            _keep(connection, charged)
            own = tuple_(*key) == tuple_(found.day, found.store, found.first_cycles, found.number)
            connection.execute(update(BILLING_SLICES).where(own).values(charged=True))
            return charged

        return self._storage.write_by(work, CLAIMS)

    def open_slices(self, through: date) -> int:
        """How many slices are not charged yet, those that somebody is charging included."""
        table = BILLING_SLICES.c
        query = select(func.count()).where(table.charged.is_(False), table.day <= through)
        return self._storage.read_by(lambda connection: connection.scalar(query) or 0)

    def charge_set_aside(self, after: Cursor, most: int, charge: ChargeDue) -> tuple[Charged, Cursor] | None:
        """Charges cycles that were set aside, those after a day and account; None if there are no more."""

        def work(connection: Connection) -> tuple[Charged, Cursor] | None:
            table = SET_ASIDE.c
            later = tuple_(table.day, table.account_id) > tuple_(*after)
            query = select(table.day, table.account_id).where(later).order_by(table.day, table.account_id).limit(most)
            rows = list(connection.execute(query.with_for_update(skip_locked=True)))
            if not rows:
                return None
            charged = charge(
                [cycle for day, ids in _by_day(rows).items() for cycle in _due_cycles(connection, ids, day)]
            )
            for day, ids in _by_day(rows).items():
                connection.execute(delete(SET_ASIDE).where(table.day == day, table.account_id.in_(ids)))
            _keep(connection, charged)
            return charged, Cursor(rows[-1].day, rows[-1].account_id)

        return self._storage.write_by(work, CLAIMS)

    def due(self, part: Part, size: int = 500) -> Iterator[Sequence[DueCycle]]:
        """The cycles of a part, some at a time, charged or not yet."""
        after: str | None = ""
        while after is not None:
            cycles, after = self._storage.read_by(partial(_some_due, part=part, after=after, size=size))
            if cycles:
                yield cycles

    def charges_before(self, cycles: Sequence[DueCycle]) -> dict[str, Transaction]:
        """The newest charge of each account before its cycle begins, where there is one."""
        table = LEDGER_TRANSACTIONS.c
        day = {cycle.account.id: cycle.day for cycle in cycles}
        charged = (table.kind == "charge") & table.account_id.in_(list(day))
        recent = charged & (table.day >= min(day.values()) - LONGEST_CYCLE) & (table.day < max(day.values()))
        query = select(LEDGER_TRANSACTIONS).where(recent).order_by(table.day)
        rows = self._storage.read_by(lambda connection: with_entries(connection, connection.execute(query)))
        return {one.account: one for one in rows if one.day < day[one.account]}

    def transactions(self) -> list[Transaction]:
        """The whole ledger."""
        query = select(LEDGER_TRANSACTIONS).order_by(LEDGER_TRANSACTIONS.c.id)
        return self._storage.read_by(lambda connection: with_entries(connection, connection.execute(query)))


def _some_due(connection: Connection, part: Part, after: str, size: int) -> tuple[Sequence[DueCycle], str | None]:
    table = BILLED_ACCOUNTS.c
    query = (
        select(table.account_id).where(due_in(part), table.account_id > after).order_by(table.account_id).limit(size)
    )
    ids = list(connection.scalars(query))
    return _due_cycles(connection, ids, part.day), ids[-1] if len(ids) == size else None


def _cycles(connection: Connection, found: Any) -> list[DueCycle]:
    table = BILLED_ACCOUNTS.c
    due = due_in(Part(found.day, found.store, found.first_cycles)) & (table.account_id > found.after)
    if found.through:
        due &= table.account_id <= found.through
    ids = list(connection.scalars(select(table.account_id).where(due)))
    return _due_cycles(connection, ids, found.day)


def _due_cycles(connection: Connection, ids: Collection[str], day: date) -> list[DueCycle]:
    """In the order of the ids, sorted here: databases differ in the order of texts."""
    groups = accounts_on(connection, ids, day) if ids else {}
    cycles = []
    for one in sorted(ids):
        account = next(each for each in groups[one] if each.id == one)
        cycles.append(DueCycle(account, day, account.group or account.id, tuple(groups[one])))
    return cycles


def _by_day(rows: Sequence[Any]) -> Mapping[date, list[str]]:
    found: dict[date, list[str]] = {}
    for row in rows:
        found.setdefault(row.day, []).append(row.account_id)
    return found


def _keep(connection: Connection, charged: Charged) -> None:
    book(connection, charged.booked)
    write_events(connection, events_of(charged.booked))
    if charged.set_aside:
        connection.execute(insert(SET_ASIDE), [_set_aside_row(each) for each in charged.set_aside])


def _set_aside_row(each: SetAside) -> Mapping[str, Any]:
    return {
        "day": each.day,
        "account_id": each.account,
        "seller": each.seller,
        "store": each.store,
        "reason": each.reason,
        "says": json.dumps(dict(each.values), ensure_ascii=False),
    }
