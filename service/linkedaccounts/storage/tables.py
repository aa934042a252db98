"""The tables. Ids are opaque texts that the caller makes; of each index it is said which query it serves.

A migration changes them; a test holds these definitions and the migrations against each other. What may be done to the
rows of each, ``privileges`` says.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from linkedaccounts.storage.column_types import Moment

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

USERS = Table(
    "users",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    # Serves ``user_by_email``.
    UniqueConstraint("email"),
    sqlite_with_rowid=False,
)

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("store", Text, nullable=False),
    Column("status", Text),
    Column("registered_on", Date, nullable=False),
    sqlite_with_rowid=False,
)

# The key serves ``memberships``, which asks by user.
MEMBERSHIPS = Table(
    "memberships",
    METADATA,
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True),
    Column("account_id", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("role", Text),
    Column("organisation", Text),
    sqlite_with_rowid=False,
)

# Which group an account was put into. Never changed: where a group went, MERGES says.
LINKS = Table(
    "links",
    METADATA,
    Column("account_id", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("group_id", Text, nullable=False),
    Column("linked_on", Date, nullable=False),
    Column("linked_at", Moment, nullable=False),
    # Serves ``accounts_in``: from a group to its accounts.
    Index(None, "group_id"),
    sqlite_with_rowid=False,
)

# Which group became part of which. Only a group that is part of no other is merged, and only into such a one.
MERGES = Table(
    "merges",
    METADATA,
    Column("group_id", Text, primary_key=True),
    Column("into_group_id", Text, nullable=False),
    Column("merged_at", Moment, nullable=False),
    CheckConstraint("group_id <> into_group_id", name="different"),
    # Serves ``accounts_in``: from a group to those that became part of it.
    Index(None, "into_group_id"),
    sqlite_with_rowid=False,
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    Column("request_id", Text, nullable=False),
    Column("signed_in_at", Moment, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("renewed_at", Moment, nullable=False),
    Column("renewed_by", Text, nullable=False),
    Column("ended_at", Moment),
    # Serves ``session_begun_by``, and lets one request begin one session.
    UniqueConstraint("user_id", "request_id"),
    sqlite_with_rowid=False,
)

# The key serves ``proofs``, which asks by session.
PROOFS = Table(
    "proofs",
    METADATA,
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True),
    Column("expires_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

REGISTRATIONS = Table(
    "registrations",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    Column("from_account_id", Text, ForeignKey("accounts.id"), nullable=False),
    Column("store", Text, nullable=False),
    Column("business_type", Text),
    Column("selling_plan", Text),
    # A JSON object of texts.
    Column("details", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("account_id", Text, ForeignKey("accounts.id")),
    # Serves ``open_registrations``.
    Index(None, "from_account_id", "expires_at"),
    sqlite_with_rowid=False,
)

# The key serves ``kept_answer``.
KEPT_ANSWERS = Table(
    "kept_answers",
    METADATA,
    Column("scope", Text, primary_key=True),
    Column("request_id", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# The key serves ``attempts``.
ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# A chain: each row's hash covers the row and the hash before it; see ``audit_chain``.
AUDIT = Table(
    "audit",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("actor", Text),
    Column("session", Text),
    # A JSON list of ids, and one of decisions.
    Column("subjects", Text, nullable=False),
    Column("decisions", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    # Serve `audit show`: from a day on, and of one action. One subject's entries are found by reading all the others.
    Index(None, "at"),
    Index(None, "action", "position"),
    sqlite_with_rowid=False,
)

# One row: where the chain ends, so that a row taken from its end is missed.
AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
    sqlite_with_rowid=False,
)
