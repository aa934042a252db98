"""Events: what others are told, and how far it was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from linkedaccounts.storage.migrations.guard import forbid_emptying, put_up
from linkedaccounts.storage.migrations.guards_0003 import NEVER_BACK, NO_REMOVAL, guards

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Creates the tables; what happened before is told to nobody."""
    _create_events()
    _create_cursors()
    connection = op.get_bind()
    for guard in guards(connection.dialect.name):
        put_up(connection, guard)
    if connection.dialect.name == "postgresql":
        forbid_emptying(connection, "events", NO_REMOVAL)
        forbid_emptying(connection, "event_cursors", NEVER_BACK)


def _create_events() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "events",
        sa.Column("id", number, nullable=False),
        sa.Column("position", sa.BigInteger),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "seller")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    new = sa.text("position IS NULL")
    op.create_index("ix_events_position", "events", ["position"], unique=True)
    op.create_index("ix_events_new", "events", ["id"], postgresql_where=new, sqlite_where=new)


def _create_cursors() -> None:
    op.create_table(
        "event_cursors",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.Text),
        sa.Column("held_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name", name="pk_event_cursors"),
        sa.CheckConstraint("position >= 0", name="ck_event_cursors_not_before_the_first"),
        sqlite_with_rowid=False,
    )
    for name in ("numbered", "removed", "broker"):
        op.execute(f"INSERT INTO event_cursors (name, position) VALUES ('{name}', 0)")  # noqa: S608  # ours
