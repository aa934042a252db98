"""Cutting what begins on a day in a store into slices, each of which one process charges at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select

from linkedaccounts.application.billing.ports import Part
from linkedaccounts.domain.billing_day import anchor_days
from linkedaccounts.storage.ledger_tables import BILLED_ACCOUNTS, BILLING_SLICES


def due_in(part: Part) -> ColumnElement[bool]:
    """Of billed accounts: those whose cycles make up the part."""
    table, day = BILLED_ACCOUNTS.c, part.day
    begun = _begins_on(day) & (table.store == part.store)
    return begun & (table.registered_on == day if part.first_cycles else table.registered_on < day)


def cut(connection: Connection, parts: Sequence[Part], size: int) -> None:
    """Writes slices of at most ``size`` accounts, but for parts that are cut already.

    A part without accounts is a slice that is charged: it says that the part is cut, and gives nobody anything to do.
    """
    for day, of_day in groupby(sorted(parts), key=lambda part: part.day):
        missing = set(of_day) - _cut_of(connection, day)
        if missing:
            ends = _ends(connection, day, sorted({part.store for part in missing}), size)
            rows = [row for part in sorted(missing) for row in _slices(part, ends.get(part))]
            connection.execute(insert(BILLING_SLICES), rows)


def _begins_on(day: date) -> ColumnElement[bool]:
    """Of billed accounts: a cycle begins on the day."""
    table = BILLED_ACCOUNTS.c
    return table.anchor_day.in_(list(anchor_days(day))) & (table.billed_from <= day) & (table.registered_on <= day)


def _cut_of(connection: Connection, day: date) -> set[Part]:
    table = BILLING_SLICES.c
    query = select(table.day, table.store, table.first_cycles).where(table.day == day).distinct()
    return {Part(*row) for row in connection.execute(query)}


def _ends(connection: Connection, day: date, stores: Sequence[str], size: int) -> Mapping[Part, Sequence[str]]:
    """The ids at which slices end, but for the last one: counted by the database, as there may be millions.

    Parts without accounts are left out.
    """
    table = BILLED_ACCOUNTS.c
    part = (table.store, (table.registered_on == day).label("first_cycles"))
    number = func.row_number().over(partition_by=part, order_by=table.account_id).label("number")
    due = select(*part, table.account_id, number).where(_begins_on(day), table.store.in_(stores)).subquery()
    marked = select(due).where(or_(due.c.number == 1, due.c.number % size == 0)).order_by(due.c.number)
    found: dict[Part, list[str]] = {}
    for row in connection.execute(marked):
        ends = found.setdefault(Part(day, row.store, row.first_cycles), [])
        if row.number % size == 0:
            ends.append(row.account_id)
    return found


def _slices(part: Part, ends: Sequence[str] | None) -> Iterator[Mapping[str, Any]]:
    bounds = zip(["", *(ends or ())], [*(ends or ()), ""], strict=True)
    for number, (after, through) in enumerate(bounds):
        yield {**part._asdict(), "number": number, "after": after, "through": through, "charged": ends is None}
