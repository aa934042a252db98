"""Taking old events away, which only the tables' owner may: what they told stands in the ledger and the audit.

They go from the oldest on, so that those that stay have no gaps. `removed` is moved in the same transaction, so that
who reads on from further back is told that something is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, case, delete, func, select, update

from linkedaccounts.storage.database_url import database_url
from linkedaccounts.storage.event_log import number_some, position_of
from linkedaccounts.storage.event_tables import BROKER, EVENT_CURSORS, EVENTS, NUMBERED, REMOVED
from linkedaccounts.storage.opening import owning

REMOVED_AT_ONCE = 10_000
"""So many go in one transaction, so that others need not wait long."""


def remove_events(url: str, before: datetime, *, unpublished_too: bool = False) -> Iterator[int]:
    """Removes events of before a moment; yields after each step how many went.

    Those that a broker lacks stay, unless ``unpublished_too``: a broker that is not used any more would keep all.

    UnknownDatabase, StorageUnreachable.
    """
    place, counts = database_url(url), [1]
    while counts[-1]:
        with owning(place) as connection:
            counts.append(number_some(connection))
    gone = 1
    while gone:
        with owning(place) as connection:
            gone = _remove_some(connection, before, unpublished_too=unpublished_too)
        if gone:
            yield gone


def unpublished(connection: Connection) -> int | None:
    """How many events a broker that was used once lacks; None if none ever was."""
    told, newest = position_of(connection, BROKER), position_of(connection, NUMBERED)
    return newest - max(told, position_of(connection, REMOVED)) if told else None


def _remove_some(connection: Connection, before: datetime, *, unpublished_too: bool) -> int:
    removed = position_of(connection, REMOVED)
    needed = [] if unpublished_too else _needed(connection)
    through = min([_last_old(connection, before), *needed])
    if through <= removed:
        return 0
    connection.execute(update(EVENT_CURSORS).where(EVENT_CURSORS.c.name == REMOVED).values(position=through))
    return connection.execute(delete(EVENTS).where(EVENTS.c.position <= through)).rowcount


def _last_old(connection: Connection, before: datetime) -> int:
    """The position before that of the first event that is not old, of the next REMOVED_AT_ONCE; 0 if there are none."""
    table = EVENTS.c
    placed = select(table.position, table.at).where(table.position.is_not(None))
    page = placed.order_by(table.position).limit(REMOVED_AT_ONCE).subquery().c
    first, last = connection.execute(
        select(func.min(case((page.at >= before, page.position))), func.max(page.position))
    ).one()
    return int(last or 0) if first is None else int(first) - 1


def _needed(connection: Connection) -> list[int]:
    told = position_of(connection, BROKER)
    return [told] if told else []
