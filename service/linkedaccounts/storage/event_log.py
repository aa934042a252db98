"""All events in one order, and how far a broker has them.

A row's id is given while its transaction goes on, so ids become visible out of their order, and who read on after the
newest one would miss those that come late. Positions are given afterwards, to rows that are committed, in the order of
their ids, without gaps. Whoever reads gives them, one at a time: it holds the row `numbered` meanwhile.

Of two things that depend on each other, the second one's row is written after the first one's commit (use cases about a
seller take turns at the end of the audit; a refund follows its charge). So it has the higher id, and whenever it is
seen to be given a position, so is the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from linkedaccounts.application.events.ports import Extent, Placed
from linkedaccounts.storage.event_rows import placed
from linkedaccounts.storage.event_tables import BROKER, EVENT_CURSORS, EVENTS, NUMBERED, REMOVED
from linkedaccounts.storage.sql_storage import SqlStorage

NUMBERED_AT_ONCE = 5_000
"""So many rows are given their positions in one transaction."""
TAKES_TURNS: Mapping[str, Mapping[str, Any]] = {
    "postgresql": {"isolation_level": "READ COMMITTED"},
    "sqlite": {"writes": True},
}
"""By database, a transaction that waits for a row and sees what is committed once it has it."""


class SqlEventLog:
    """``application.events.ports.EventLog`` of a database."""

    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage

    def extent(self) -> Extent:
        """Which events there are, those included that were committed before it is asked."""
        while self._storage.read_by(_any_new):
            self._storage.write_by(number_some, TAKES_TURNS)
        return self._storage.read_by(_extent)

    def after(self, position: int, most: int) -> Sequence[Placed]:
        """The first events after a position, at most so many."""
        query = select(EVENTS).where(EVENTS.c.position > position).order_by(EVENTS.c.position).limit(most)
        return self._storage.read_by(lambda connection: [placed(row) for row in connection.execute(query)])


class SqlCursor:
    """``application.events.ports.Cursor`` of a database: how far the broker has the events."""

    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage

    def take(self, holder: str, now: datetime, until: datetime) -> int | None:
        """The position from which the holder goes on; None while another one holds it."""

        def work(connection: Connection) -> int | None:
            table = EVENT_CURSORS.c
            free = or_(table.holder.is_(None), table.holder == holder, table.held_until <= now)
            taken = update(EVENT_CURSORS).where(table.name == BROKER, free).values(holder=holder, held_until=until)
            if not connection.execute(taken).rowcount:
                return None
            return max(position_of(connection, BROKER), position_of(connection, REMOVED))

        return self._storage.write_by(work, TAKES_TURNS)

    def move(self, holder: str, position: int, until: datetime) -> bool:
        """Notes that everything through a position is told; False if another one has taken it over."""
        own = (EVENT_CURSORS.c.name == BROKER) & (EVENT_CURSORS.c.holder == holder)
        moved = update(EVENT_CURSORS).where(own).values(position=position, held_until=until)
        return self._storage.write_by(lambda connection: connection.execute(moved).rowcount == 1, TAKES_TURNS)

    def release(self, holder: str) -> None:
        """Lets others take it over at once, if the holder holds it still."""
        own = (EVENT_CURSORS.c.name == BROKER) & (EVENT_CURSORS.c.holder == holder)
        released = update(EVENT_CURSORS).where(own).values(holder=None, held_until=None)
        self._storage.write_by(lambda connection: connection.execute(released).rowcount, TAKES_TURNS)


def number_some(connection: Connection) -> int:
    """Gives committed rows their positions by their ids, within a transaction of TAKES_TURNS; how many were given."""
    table = EVENTS.c
    own = EVENT_CURSORS.c.name == NUMBERED
    # The next statement sees what was committed by the time that this one has the row to itself.
    newest = connection.scalar(select(EVENT_CURSORS.c.position).where(own).with_for_update())
    new = select(table.id).where(table.position.is_(None)).order_by(table.id).limit(NUMBERED_AT_ONCE).subquery()
    places = select(new.c.id, func.row_number().over(order_by=new.c.id).label("place")).subquery()
    numbered = update(EVENTS).where(table.id == places.c.id).values(position=places.c.place + newest)
    count = connection.execute(numbered).rowcount
    connection.execute(update(EVENT_CURSORS).where(own).values(position=EVENT_CURSORS.c.position + count))
    return count


def position_of(connection: Connection, name: str) -> int:
    """Where a cursor stands."""
    position: int = connection.scalars(select(EVENT_CURSORS.c.position).where(EVENT_CURSORS.c.name == name)).one()
    return position


def _any_new(connection: Connection) -> bool:
    return connection.scalar(select(EVENTS.c.id).where(EVENTS.c.position.is_(None)).limit(1)) is not None


def _extent(connection: Connection) -> Extent:
    found = dict(connection.execute(select(EVENT_CURSORS.c.name, EVENT_CURSORS.c.position)).all())
    return Extent(found[REMOVED], found[NUMBERED])
