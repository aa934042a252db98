"""The tables of events: what others are told, and how far it was told."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text, text

from linkedaccounts.storage.column_types import Moment
from linkedaccounts.storage.tables import METADATA

# One row an event, written by the transaction that does what it tells. `id` rises as rows are written, `position` is
# given once they are committed; see ``event_log``. On PostgreSQL ids come from a sequence: see ``privileges``.
EVENTS = Table(
    "events",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("position", BigInteger),
    Column("kind", Text, nullable=False),
    Column("seller", Text, nullable=False),
    Column("at", Moment, nullable=False),
    # A JSON object: the fields of what happened, in their order.
    Column("content", Text, nullable=False),
    # Serves reading on from a position, and lets each be given once.
    Index("ix_events_position", "position", unique=True),
    # Serves the search for events that have no position yet.
    Index("ix_events_new", "id", postgresql_where=text("position IS NULL"), sqlite_where=text("position IS NULL")),
)

# `numbered`: the newest position given. `removed`: the last of those that were taken away because they were old.
# `broker`: the last that a broker has; one process holds that row at a time, and says so again before `held_until`.
EVENT_CURSORS = Table(
    "event_cursors",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("holder", Text),
    Column("held_until", Moment),
    CheckConstraint("position >= 0", name="not_before_the_first"),
    sqlite_with_rowid=False,
)
NUMBERED, REMOVED, BROKER = "numbered", "removed", "broker"
