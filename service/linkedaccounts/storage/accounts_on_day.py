"""Accounts as they were when a day began: their groups, and their statuses, by what is dated before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Row, Select, exists, select

from linkedaccounts.domain.accounts import Account
from linkedaccounts.storage.groups import sought
from linkedaccounts.storage.ledger_tables import ACCOUNT_STATUSES
from linkedaccounts.storage.tables import ACCOUNTS, LINKS, MERGES

_COLUMNS = (ACCOUNTS.c.id, ACCOUNTS.c.store, ACCOUNTS.c.status, ACCOUNTS.c.registered_on, LINKS.c.linked_on)


def accounts_on(connection: Connection, ids: Collection[str], day: date) -> Mapping[str, Sequence[Account]]:
    """For each of these ids, all accounts in its group when the day began, itself included, by store and id."""
    linked = [row for row in connection.execute(_linked_with(ids, day)) if row.linked_on < day]
    groups: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in linked:
        groups[row.root].append(row)
    root_of = {row.id: row.root for row in linked}
    alone = list(connection.execute(_by_id([each for each in ids if each not in root_of])))
    statuses = _statuses(connection, [*root_of, *(row.id for row in alone)], _began(day))
    found = {root: _accounts(rows, root, statuses) for root, rows in groups.items()}
    mates = {each: found[root] for each, root in root_of.items()}
    return {**mates, **{row.id: _accounts([row], None, statuses) for row in alone}}


def _began(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _linked_with(ids: Collection[str], day: date) -> Select[*tuple[Any, ...]]:
    """The accounts of every group that one of these was in, with the group as `root`; those linked later included.

    Leaving these out here would let SQLite think of a Bloom filter, for which it reads all links.
    """
    own = select(LINKS.c.group_id).where(LINKS.c.account_id.in_(list(ids)), LINKS.c.linked_on < day).distinct()
    climb = _climb(own, day)
    roots = select(climb.c.reached).where(~_merged(climb.c.reached, day)).distinct()
    descent = _descent(roots, day)
    return (
        select(*_COLUMNS, descent.c.root)
        .select_from(descent)
        .join(LINKS, LINKS.c.group_id == sought(descent.c.part))
        .join(ACCOUNTS, ACCOUNTS.c.id == LINKS.c.account_id)
    )


def _climb(starts: Select[str], day: date) -> CTE:
    """Every group that some of these had become part of, themselves included."""
    start = starts.subquery("starts").c.group_id
    climb = select(start.label("reached")).cte("climb", recursive=True)
    below = climb.alias("below")
    step = select(MERGES.c.into_group_id).join_from(below, MERGES, MERGES.c.group_id == below.c.reached)
    return climb.union(step.where(MERGES.c.merged_at < _began(day)))


def _descent(roots: Select[str], day: date) -> CTE:
    """Every group that had become part of each root, itself included."""
    root = roots.subquery("roots").c.reached
    descent = select(root.label("root"), root.label("part")).cte("descent", recursive=True)
    above = descent.alias("above")
    step = select(above.c.root, MERGES.c.group_id).join_from(above, MERGES, MERGES.c.into_group_id == above.c.part)
    return descent.union(step.where(MERGES.c.merged_at < _began(day)))


def _merged(group: ColumnElement[str], day: date) -> ColumnElement[bool]:
    further = MERGES.alias("further")
    return exists().where(further.c.group_id == group, further.c.merged_at < _began(day))


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
