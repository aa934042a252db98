"""The tables of charging: the ledger, what is yet to be charged, the policies and statuses of earlier days, events."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)

from linkedaccounts.storage.column_types import Moment
from linkedaccounts.storage.tables import METADATA

# What is charged when: the accounts of a store by the day of the month that their cycles are anchored to. Cycles that
# begin on `billed_from` or later are charged here; who was taken over from elsewhere was charged there before.
# The key serves the search for cycles that begin on a day.
BILLED_ACCOUNTS = Table(
    "billed_accounts",
    METADATA,
    Column("store", Text, primary_key=True),
    Column("anchor_day", Integer, primary_key=True, autoincrement=False),
    Column("account_id", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("registered_on", Date, nullable=False),
    Column("billed_from", Date, nullable=False),
    sqlite_with_rowid=False,
)

# Each status that an account had, from its moment on. The key serves the status of a day.
ACCOUNT_STATUSES = Table(
    "account_statuses",
    METADATA,
    Column("account_id", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("status", Text),
    sqlite_with_rowid=False,
)

# A policy that served, with all its files (a JSON object of texts by path), so that any machine has what it charges by.
POLICIES = Table(
    "policies",
    METADATA,
    Column("version", Text, primary_key=True),
    Column("files", Text, nullable=False),
    sqlite_with_rowid=False,
)

# From which moment on which policy served. The key serves the policy of a day.
POLICY_CHANGES = Table(
    "policy_changes",
    METADATA,
    Column("at", Moment, primary_key=True),
    Column("version", Text, ForeignKey("policies.version"), nullable=False),
    sqlite_with_rowid=False,
)

# Append-only. The id of a charge follows from its account and day, so that no cycle is charged twice.
LEDGER_TRANSACTIONS = Table(
    "ledger_transactions",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("account_id", Text, ForeignKey("accounts.id"), nullable=False),
    Column("seller", Text, nullable=False),
    Column("store", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("cycle_starts_on", Date, nullable=False),
    Column("cycle_last_day", Date, nullable=False),
    Column("currency", Text, nullable=False),
    Column("minor_digits", Integer, nullable=False),
    Column("first_month", Boolean, nullable=False),
    # What the entries add to what is owed, and what they would have, unlinked; in minor units.
    Column("amount", BigInteger, nullable=False),
    Column("unlinked", BigInteger, nullable=False),
    Column("quote_id", Text, nullable=False),
    Column("policy_version", Text, ForeignKey("policies.version"), nullable=False),
    # None if no rate was used: `EUR/USD=1.0889/1@2019-09-30:ecb`.
    Column("rate", Text),
    Column("of_id", Text, ForeignKey("ledger_transactions.id")),
    Column("note", Text, nullable=False),
    # Serves the report of a seller's accounts, newest first; and the transactions of a charge.
    Index(None, "account_id", "day", "id"),
    Index(None, "of_id"),
    sqlite_with_rowid=False,
)

LEDGER_ENTRIES = Table(
    "ledger_entries",
    METADATA,
    Column("transaction_id", Text, ForeignKey("ledger_transactions.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("debit", Text, nullable=False),
    Column("credit", Text, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    CheckConstraint("minor >= 0", name="not_below_nothing"),
    CheckConstraint("debit <> credit", name="between_two"),
    sqlite_with_rowid=False,
)

# What of a day and store is charged in one transaction: the accounts after `after` through `through`, all if empty.
BILLING_SLICES = Table(
    "billing_slices",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("store", Text, primary_key=True),
    # Of the accounts' first cycles, or of all others.
    Column("first_cycles", Boolean, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("after", Text, nullable=False),
    Column("through", Text, nullable=False),
    Column("charged", Boolean, nullable=False),
    # Serves the search for the first one that is not charged yet.
    Index(None, "charged", "day", "store", "first_cycles", "number"),
    sqlite_with_rowid=False,
)

# Cycles that could not be charged, until they are. The key serves taking them up again.
SET_ASIDE = Table(
    "set_aside",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("account_id", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("seller", Text, nullable=False),
    Column("store", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # A JSON object of texts: what the reason's sentence names.
    Column("says", Text, nullable=False),
    sqlite_with_rowid=False,
)
