"""Which group an account is in: the one that it was put into, or what that one has become part of since."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, exists, select, union

from linkedaccounts.storage.tables import ACCOUNTS, LINKS, MERGES

_ACCOUNT = (ACCOUNTS.c.id, ACCOUNTS.c.store, ACCOUNTS.c.status, ACCOUNTS.c.registered_on, LINKS.c.linked_on)


def accounts_by_id(ids: Collection[str]) -> Select[*tuple[Any, ...]]:
    """The accounts with these ids, in one query however many there are.

    ``put_into`` is the group that an account was put into, ``root`` what that one is part of now.
    """
    climb = _climb(select(LINKS.c.group_id).where(LINKS.c.account_id.in_(list(ids))))
    top = select(climb.c.start, climb.c.reached.label("root")).where(_is_root(climb.c.reached)).cte("top")
    return (
        select(*_ACCOUNT, LINKS.c.group_id.label("put_into"), top.c.root)
        .outerjoin_from(ACCOUNTS, LINKS, LINKS.c.account_id == ACCOUNTS.c.id)
        .outerjoin(top, top.c.start == LINKS.c.group_id)
        .where(ACCOUNTS.c.id.in_(list(ids)))
    )


def accounts_by_group(groups: Collection[str]) -> Select[*tuple[Any, ...]]:
    """The accounts in the groups, with the same columns; for a merged group those of what it became part of."""
    return accounts_with(_known(groups))


def accounts_with(starts: Select[str]) -> Select[*tuple[Any, ...]]:
    """The same of groups that a query finds.

    SQLite supposes that a recursive query finds many. So it would rather make an index of what is found and read all
    links, but of an expression it can make none; and were links or merges narrowed here, it would read them all for a
    Bloom filter.
    """
    climb = _climb(starts)
    roots = select(climb.c.reached).where(_is_root(climb.c.reached)).distinct()
    descent = _descent(roots)
    return (
        select(*_ACCOUNT, LINKS.c.group_id.label("put_into"), descent.c.root)
        .select_from(descent)
        .join(LINKS, LINKS.c.group_id == descent.c.part.concat(""))
        .join(ACCOUNTS, ACCOUNTS.c.id == LINKS.c.account_id)
    )


def roots_of(groups: Collection[str]) -> Select[str, str]:
    """Pairs of a merged group and the one that it is part of now; a group without a pair is its own root."""
    climb = _climb(select(MERGES.c.group_id).where(MERGES.c.group_id.in_(list(groups))))
    return select(climb.c.start, climb.c.reached).where(_is_root(climb.c.reached))


def _known(groups: Collection[str]) -> Select[str]:
    """Those of the groups that are written down anywhere."""
    places = (LINKS.c.group_id, MERGES.c.group_id, MERGES.c.into_group_id)
    known = union(*(select(place.label("group_id")).where(place.in_(list(groups))) for place in places)).subquery(
        "known"
    )
    return select(known.c.group_id)


def _climb(starts: Select[str]) -> CTE:
    """Every group that can be reached from each start by merges, itself included.

    It ends by itself: UNION takes each pair once, and there are no more pairs than groups times groups.
    """
    start = starts.subquery("starts").c.group_id
    climb = select(start.label("start"), start.label("reached")).cte("climb", recursive=True)
    above = climb.alias("below")
    step = select(above.c.start, MERGES.c.into_group_id).join_from(above, MERGES, MERGES.c.group_id == above.c.reached)
    return climb.union(step)


def _descent(roots: Select[str]) -> CTE:
    """Every group that is part of each root, itself included."""
    root = roots.subquery("roots").c.reached
    descent = select(root.label("root"), root.label("part")).cte("descent", recursive=True)
    above = descent.alias("above")
    step = select(above.c.root, MERGES.c.group_id).join_from(above, MERGES, MERGES.c.into_group_id == above.c.part)
    return descent.union(step)


def _is_root(group: ColumnElement[str]) -> ColumnElement[bool]:
    further = MERGES.alias("further")
    return ~exists().where(further.c.group_id == group)
