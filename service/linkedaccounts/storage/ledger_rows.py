"""Transactions of the ledger as rows, and back."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from linkedaccounts.application.storage_port import Sought
from linkedaccounts.domain.billing_cycle import BillingCycle
from linkedaccounts.domain.ledger import (
    AppliedRate,
    Entry,
    EntryKind,
    Grounds,
    LedgerAccount,
    Transaction,
    TransactionKind,
)
from linkedaccounts.domain.money import Currency
from linkedaccounts.storage.ledger_tables import LEDGER_ENTRIES, LEDGER_TRANSACTIONS

_RATE = re.compile(r"(\w+)/(\w+)=([\d.E+-]+)/([\d.E+-]+)@([\d-]*):(\w+)")


def book(connection: Connection, transactions: Sequence[Transaction]) -> None:
    """Adds transactions with their entries."""
    if transactions:
        connection.execute(insert(LEDGER_TRANSACTIONS), [_row(each) for each in transactions])
        connection.execute(insert(LEDGER_ENTRIES), [row for each in transactions for row in _entry_rows(each)])


def with_entries(connection: Connection, rows: Iterable[Row[Any]]) -> list[Transaction]:
    """The transactions of some rows, in their order."""
    heads = list(rows)
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    table = LEDGER_ENTRIES.c
    own = select(LEDGER_ENTRIES).where(table.transaction_id.in_([row.id for row in heads]))
    for row in connection.execute(own.order_by(table.transaction_id, table.position)):
        entries[row.transaction_id].append(_entry(row))
    return [_transaction(row, tuple(entries[row.id])) for row in heads]


def transactions_sought(sought: Sought) -> Select[*tuple[Any, ...]]:
    """The transactions sought, in their order."""
    table = LEDGER_TRANSACTIONS.c
    query = select(LEDGER_TRANSACTIONS).where(table.account_id.in_(list(sought.accounts)))
    if sought.from_day:
        query = query.where(table.day >= sought.from_day)
    if sought.through_day:
        query = query.where(table.day <= sought.through_day)
    if sought.kinds:
        query = query.where(table.kind.in_([kind.value for kind in sought.kinds]))
    if sought.after:
        day, last = sought.after
        on = table.day < day if sought.newest_first else table.day > day
        # The bound follows from what stands beside it, and lets the index begin there: without it each page of a long
        # list costs as much as all those before it.
        bound = table.day <= day if sought.newest_first else table.day >= day
        query = query.where(bound, on | ((table.day == day) & (table.id > last)))
    return query.order_by(table.day.desc() if sought.newest_first else table.day, table.id)


def _row(one: Transaction) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "account_id": one.account,
        "seller": one.seller,
        "store": one.store,
        "day": one.day,
        "cycle": one.cycle.index,
        "cycle_starts_on": one.cycle.starts_on,
        "cycle_last_day": one.cycle.last_day,
        "currency": one.currency.code,
        "minor_digits": one.currency.minor_digits,
        "first_month": one.first_month,
        "amount": one.amount.minor,
        "unlinked": one.unlinked,
        "quote_id": one.grounds.quote_id,
        "policy_version": one.grounds.policy_version,
        "rate": None if one.grounds.rate is None else _rate_text(one.grounds.rate),
        "of_id": one.of,
        "note": one.note,
    }


def _entry_rows(one: Transaction) -> Iterator[Mapping[str, Any]]:
    for position, entry in enumerate(one.entries):
        yield {
            "transaction_id": one.id,
            "position": position,
            "kind": entry.kind.value,
            "debit": entry.debit.value,
            "credit": entry.credit.value,
            "minor": entry.minor,
            "rule_id": entry.rule_id,
            "reason": entry.reason,
            "carrier": entry.carrier,
        }


def _transaction(row: Row[Any], entries: tuple[Entry, ...]) -> Transaction:
    return Transaction(
        id=row.id,
        kind=TransactionKind(row.kind),
        account=row.account_id,
        seller=row.seller,
        store=row.store,
        day=row.day,
        cycle=BillingCycle(row.cycle, row.cycle_starts_on, row.cycle_last_day),
        currency=Currency(row.currency, row.minor_digits),
        first_month=row.first_month,
        unlinked=row.unlinked,
        entries=entries,
        grounds=Grounds(row.quote_id, row.policy_version, None if row.rate is None else _rate(row.rate)),
        of=row.of_id,
        note=row.note,
    )


def _entry(row: Row[Any]) -> Entry:
    accounts = LedgerAccount(row.debit), LedgerAccount(row.credit)
    return Entry(EntryKind(row.kind), *accounts, row.minor, row.rule_id, row.reason, row.carrier)


def _rate_text(rate: AppliedRate) -> str:
    currencies, figures = f"{rate.from_currency}/{rate.to_currency}", f"{rate.numerator}/{rate.denominator}"
    return f"{currencies}={figures}@{rate.day or ''}:{rate.source}"


def _rate(text: str) -> AppliedRate:
    found = _RATE.fullmatch(text)
    if found is None:
        raise RuntimeError(f"the ledger has a rate that cannot be read: `{text}`; restore it from a backup")
    from_currency, to_currency, numerator, denominator, day, source = found.groups()
    published = date.fromisoformat(day) if day else None
    return AppliedRate(from_currency, to_currency, numerator, denominator, published, source)
