"""Accounts, links for good, sessions, registrations, kept answers and the audit."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from linkedaccounts.storage.migrations.guard import forbid_emptying, put_up
from linkedaccounts.storage.migrations.guards_0001 import NEVER_REMOVED, NO_REMOVAL, guards

revision = "0001"
down_revision = None

WITHOUT_ROWID = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Creates every table and the guards that keep what is for good."""
    op.create_table("users", *_users(), **WITHOUT_ROWID)
    op.create_table("accounts", *_accounts(), **WITHOUT_ROWID)
    op.create_table("memberships", *_memberships(), **WITHOUT_ROWID)
    op.create_table("links", *_links(), **WITHOUT_ROWID)
    op.create_table("merges", *_merges(), **WITHOUT_ROWID)
    op.create_table("sessions", *_sessions(), **WITHOUT_ROWID)
    op.create_table("proofs", *_proofs(), **WITHOUT_ROWID)
    op.create_table("registrations", *_registrations(), **WITHOUT_ROWID)
    op.create_table("kept_answers", *_kept_answers(), **WITHOUT_ROWID)
    op.create_table("attempts", *_attempts(), **WITHOUT_ROWID)
    op.create_table("audit", *_audit(), **WITHOUT_ROWID)
    head = op.create_table("audit_head", *_audit_head(), **WITHOUT_ROWID)
    op.bulk_insert(head, [{"id": 1, "position": 0, "hash": "0" * 64}])
    _create_indexes()
    _put_up_guards()


def _users() -> Iterator[SchemaItem]:
    yield sa.Column("id", sa.Text, nullable=False)
    yield sa.Column("email", sa.Text, nullable=False)
    yield sa.Column("password_hash", sa.Text, nullable=False)
    yield sa.PrimaryKeyConstraint("id", name="pk_users")
    yield sa.UniqueConstraint("email", name="uq_users_email")


def _accounts() -> Iterator[SchemaItem]:
    yield sa.Column("id", sa.Text, nullable=False)
    yield sa.Column("store", sa.Text, nullable=False)
    yield sa.Column("status", sa.Text)
    yield sa.Column("registered_on", sa.Date, nullable=False)
    yield sa.PrimaryKeyConstraint("id", name="pk_accounts")


def _memberships() -> Iterator[SchemaItem]:
    yield _referring("user_id", "memberships", "users.id", nullable=False)
    yield _referring("account_id", "memberships", "accounts.id", nullable=False)
    yield sa.Column("role", sa.Text)
    yield sa.Column("organisation", sa.Text)
    yield sa.PrimaryKeyConstraint("user_id", "account_id", name="pk_memberships")


def _links() -> Iterator[SchemaItem]:
    yield _referring("account_id", "links", "accounts.id", nullable=False)
    yield sa.Column("group_id", sa.Text, nullable=False)
    yield sa.Column("linked_on", sa.Date, nullable=False)
    yield _moment("linked_at")
    yield sa.PrimaryKeyConstraint("account_id", name="pk_links")


def _merges() -> Iterator[SchemaItem]:
    yield sa.Column("group_id", sa.Text, nullable=False)
    yield sa.Column("into_group_id", sa.Text, nullable=False)
    yield _moment("merged_at")
    yield sa.PrimaryKeyConstraint("group_id", name="pk_merges")
    yield sa.CheckConstraint("group_id <> into_group_id", name="ck_merges_different")


def _sessions() -> Iterator[SchemaItem]:
    yield sa.Column("id", sa.Text, nullable=False)
    yield _referring("user_id", "sessions", "users.id", nullable=False)
    yield sa.Column("request_id", sa.Text, nullable=False)
    yield _moment("signed_in_at")
    yield sa.Column("generation", sa.Integer, nullable=False)
    yield _moment("renewed_at")
    yield sa.Column("renewed_by", sa.Text, nullable=False)
    yield sa.Column("ended_at", sa.DateTime(timezone=True))
    yield sa.PrimaryKeyConstraint("id", name="pk_sessions")
    yield sa.UniqueConstraint("user_id", "request_id", name="uq_sessions_user_id_request_id")


def _proofs() -> Iterator[SchemaItem]:
    yield _referring("session_id", "proofs", "sessions.id", nullable=False)
    yield _referring("user_id", "proofs", "users.id", nullable=False)
    yield _moment("expires_at")
    yield sa.PrimaryKeyConstraint("session_id", "user_id", name="pk_proofs")


def _registrations() -> Iterator[SchemaItem]:
    yield sa.Column("id", sa.Text, nullable=False)
    yield _referring("user_id", "registrations", "users.id", nullable=False)
    yield _referring("from_account_id", "registrations", "accounts.id", nullable=False)
    yield sa.Column("store", sa.Text, nullable=False)
    yield sa.Column("business_type", sa.Text)
    yield sa.Column("selling_plan", sa.Text)
    yield sa.Column("details", sa.Text, nullable=False)
    yield _moment("started_at")
    yield _moment("expires_at")
    yield _referring("account_id", "registrations", "accounts.id", nullable=True)
    yield sa.PrimaryKeyConstraint("id", name="pk_registrations")


def _kept_answers() -> Iterator[SchemaItem]:
    for name in ("scope", "request_id", "fingerprint", "answer"):
        yield sa.Column(name, sa.Text, nullable=False)
    yield _moment("kept_at")
    yield sa.PrimaryKeyConstraint("scope", "request_id", name="pk_kept_answers")


def _attempts() -> Iterator[SchemaItem]:
    yield sa.Column("key", sa.Text, nullable=False)
    yield sa.Column("count", sa.Integer, nullable=False)
    yield _moment("last_at")
    yield sa.PrimaryKeyConstraint("key", name="pk_attempts")


def _audit() -> Iterator[SchemaItem]:
    yield sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False)
    yield _moment("at")
    for name in ("action", "outcome", "caller", "request_id"):
        yield sa.Column(name, sa.Text, nullable=False)
    yield sa.Column("actor", sa.Text)
    yield sa.Column("session", sa.Text)
    for name in ("subjects", "decisions", "policy_version", "previous_hash", "hash"):
        yield sa.Column(name, sa.Text, nullable=False)
    yield sa.PrimaryKeyConstraint("position", name="pk_audit")


def _audit_head() -> Iterator[SchemaItem]:
    yield sa.Column("id", sa.Integer, nullable=False, autoincrement=False)
    yield sa.Column("position", sa.BigInteger, nullable=False)
    yield sa.Column("hash", sa.Text, nullable=False)
    yield sa.PrimaryKeyConstraint("id", name="pk_audit_head")
    yield sa.CheckConstraint("id = 1", name="ck_audit_head_one_row")


def _create_indexes() -> None:
    op.create_index("ix_links_group_id", "links", ["group_id"])
    op.create_index("ix_merges_into_group_id", "merges", ["into_group_id"])
    op.create_index("ix_registrations_from_account_id_expires_at", "registrations", ["from_account_id", "expires_at"])
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_action_position", "audit", ["action", "position"])


def _put_up_guards() -> None:
    connection = op.get_bind()
    for guard in guards(connection.dialect.name):
        put_up(connection, guard)
    if connection.dialect.name == "postgresql":
        for table in NEVER_REMOVED:
            forbid_emptying(connection, table, NO_REMOVAL)


def _referring(name: str, table: str, to: str, *, nullable: bool) -> sa.Column[str]:
    return sa.Column(name, sa.Text, sa.ForeignKey(to, name=f"fk_{table}_{name}"), nullable=nullable)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
