"""Accounts as they were when a day began: their groups, and their statuses, by what is dated before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from linkedaccounts.domain.accounts import Account
from linkedaccounts.storage.groups import accounts_with
from linkedaccounts.storage.ledger_tables import ACCOUNT_STATUSES
from linkedaccounts.storage.tables import ACCOUNTS, LINKS, MERGES


def accounts_on(connection: Connection, ids: Collection[str], day: date) -> Mapping[str, Sequence[Account]]:
    """For each of these ids, all accounts in its group when the day began, itself included, by store and id."""
    began = datetime.combine(day, time.min, UTC)
    linked = [row for row in connection.execute(_linked_with(ids, day)) if row.linked_on < day]
    into = _merged(connection, {row.put_into for row in linked}, began)
    root_of = {row.id: _root(row.put_into, into) for row in linked}
    groups: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in linked:
        groups[root_of[row.id]].append(row)
    alone = list(connection.execute(_by_id([each for each in ids if each not in root_of])))
    statuses = _statuses(connection, [*root_of, *(row.id for row in alone)], began)
    found = {root: _accounts(rows, root, statuses) for root, rows in groups.items()}
    mates = {each: found[root] for each, root in root_of.items()}
    return {**mates, **{row.id: _accounts([row], None, statuses) for row in alone}}


def _linked_with(ids: Collection[str], day: date) -> Select[*tuple[Any, ...]]:
    """The accounts that are linked by now with these, if these were linked when the day began.

    Links are for good, so those of the day are among them.
    """
    return accounts_with(
        select(LINKS.c.group_id).where(LINKS.c.account_id.in_(list(ids)), LINKS.c.linked_on < day).distinct()
    )


def _merged(connection: Connection, groups: Collection[str], began: datetime) -> Mapping[str, str]:
    """What these groups, and those that they became part of, were merged into before the day began."""
    table = MERGES.c
    into: dict[str, str] = {}
    asked, further = set[str](), set(groups)
    while further:
        merges = select(table.group_id, table.into_group_id).where(table.group_id.in_(further), table.merged_at < began)
        found = {row.group_id: row.into_group_id for row in connection.execute(merges)}
        into |= found
        asked |= further
        further = set(found.values()) - asked
    return into


def _root(group: str, into: Mapping[str, str]) -> str:
    while group in into:
        group = into[group]
    return group


def _by_id(ids: Collection[str]) -> Select[*tuple[Any, ...]]:
    columns = (ACCOUNTS.c.id, ACCOUNTS.c.store, ACCOUNTS.c.status, ACCOUNTS.c.registered_on)
    return select(*columns).where(ACCOUNTS.c.id.in_(list(ids)))


def _statuses(connection: Connection, ids: Collection[str], began: datetime) -> Mapping[str, str | None]:
    """The newest status that each had before the day began, or else the first that it had at all."""
    table = ACCOUNT_STATUSES.c
    kept = select(table.account_id, table.status, table.at < began).where(table.account_id.in_(list(ids)))
    found: dict[str, str | None] = {}
    for account, status, before in connection.execute(kept.order_by(table.account_id, table.at)):
        if account not in found or before:
            found[account] = status
    return found


def _accounts(rows: Iterable[Row[Any]], group: str | None, statuses: Mapping[str, str | None]) -> tuple[Account, ...]:
    """Sorted here: databases differ in the order of texts."""
    accounts = (
        Account(row.id, row.store, statuses.get(row.id, row.status), row.registered_on)
        if group is None
        else Account(row.id, row.store, statuses.get(row.id, row.status), row.registered_on, group, row.linked_on)
        for row in rows
    )
    return tuple(sorted(accounts, key=lambda account: (account.store, account.id)))
