"""The ledger, what is due, statuses and policies by their moments."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from linkedaccounts.storage.migrations.guard import forbid_emptying, put_up
from linkedaccounts.storage.migrations.guards_0002 import NEVER_REMOVED, NO_REMOVAL, guards

revision = "0002"
down_revision = "0001"

WITHOUT_ROWID = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Creates the tables, and bills the accounts that there are from the day after this on."""
    op.create_table("billed_accounts", *_billed_accounts(), **WITHOUT_ROWID)
    op.create_table("account_statuses", *_account_statuses(), **WITHOUT_ROWID)
    op.create_table("policies", *_policies(), **WITHOUT_ROWID)
    op.create_table("policy_changes", *_policy_changes(), **WITHOUT_ROWID)
    op.create_table("ledger_transactions", *_ledger_transactions(), **WITHOUT_ROWID)
    op.create_table("ledger_entries", *_ledger_entries(), **WITHOUT_ROWID)
    op.create_table("billing_slices", *_billing_slices(), **WITHOUT_ROWID)
    op.create_table("set_aside", *_set_aside(), **WITHOUT_ROWID)
    columns = ["account_id", "day", "id"]
    op.create_index("ix_ledger_transactions_account_id_day_id", "ledger_transactions", columns)
    op.create_index("ix_ledger_transactions_of_id", "ledger_transactions", ["of_id"])
    op.create_index(
        "ix_billing_slices_charged_day_store_first_cycles_number",
        "billing_slices",
        ["charged", "day", "store", "first_cycles", "number"],
    )
    _bill_known_accounts()
    _put_up_guards()


def _billed_accounts() -> Iterator[SchemaItem]:
    yield sa.Column("store", sa.Text, nullable=False)
    yield sa.Column("anchor_day", sa.Integer, nullable=False, autoincrement=False)
    yield _referring("account_id", "billed_accounts", "accounts.id", nullable=False)
    yield sa.Column("registered_on", sa.Date, nullable=False)
    yield sa.Column("billed_from", sa.Date, nullable=False)
    yield sa.PrimaryKeyConstraint("store", "anchor_day", "account_id", name="pk_billed_accounts")


def _account_statuses() -> Iterator[SchemaItem]:
    yield _referring("account_id", "account_statuses", "accounts.id", nullable=False)
    yield _moment("at")
    yield sa.Column("status", sa.Text)
    yield sa.PrimaryKeyConstraint("account_id", "at", name="pk_account_statuses")


def _policies() -> Iterator[SchemaItem]:
    yield sa.Column("version", sa.Text, nullable=False)
    yield sa.Column("files", sa.Text, nullable=False)
    yield sa.PrimaryKeyConstraint("version", name="pk_policies")


def _policy_changes() -> Iterator[SchemaItem]:
    yield _moment("at")
    yield _referring("version", "policy_changes", "policies.version", nullable=False)
    yield sa.PrimaryKeyConstraint("at", name="pk_policy_changes")


def _ledger_transactions() -> Iterator[SchemaItem]:
    table = "ledger_transactions"
    yield sa.Column("id", sa.Text, nullable=False)
    yield sa.Column("kind", sa.Text, nullable=False)
    yield _referring("account_id", table, "accounts.id", nullable=False)
    yield sa.Column("seller", sa.Text, nullable=False)
    yield sa.Column("store", sa.Text, nullable=False)
    yield sa.Column("day", sa.Date, nullable=False)
    yield sa.Column("cycle", sa.Integer, nullable=False)
    yield sa.Column("cycle_starts_on", sa.Date, nullable=False)
    yield sa.Column("cycle_last_day", sa.Date, nullable=False)
    yield sa.Column("currency", sa.Text, nullable=False)
    yield sa.Column("minor_digits", sa.Integer, nullable=False)
    yield sa.Column("first_month", sa.Boolean, nullable=False)
    yield sa.Column("amount", sa.BigInteger, nullable=False)
    yield sa.Column("unlinked", sa.BigInteger, nullable=False)
    yield sa.Column("quote_id", sa.Text, nullable=False)
    yield _referring("policy_version", table, "policies.version", nullable=False)
    yield sa.Column("rate", sa.Text)
    yield _referring("of_id", table, "ledger_transactions.id", nullable=True)
    yield sa.Column("note", sa.Text, nullable=False)
    yield sa.PrimaryKeyConstraint("id", name="pk_ledger_transactions")


def _ledger_entries() -> Iterator[SchemaItem]:
    yield _referring("transaction_id", "ledger_entries", "ledger_transactions.id", nullable=False)
    yield sa.Column("position", sa.Integer, nullable=False, autoincrement=False)
    for name in ("kind", "debit", "credit"):
        yield sa.Column(name, sa.Text, nullable=False)
    yield sa.Column("minor", sa.BigInteger, nullable=False)
    for name in ("rule_id", "reason", "carrier"):
        yield sa.Column(name, sa.Text, nullable=False)
    yield sa.PrimaryKeyConstraint("transaction_id", "position", name="pk_ledger_entries")
    yield sa.CheckConstraint("minor >= 0", name="ck_ledger_entries_not_below_nothing")
    yield sa.CheckConstraint("debit <> credit", name="ck_ledger_entries_between_two")


def _billing_slices() -> Iterator[SchemaItem]:
    yield sa.Column("day", sa.Date, nullable=False)
    yield sa.Column("store", sa.Text, nullable=False)
    yield sa.Column("first_cycles", sa.Boolean, nullable=False)
    yield sa.Column("number", sa.Integer, nullable=False, autoincrement=False)
    yield sa.Column("after", sa.Text, nullable=False)
    yield sa.Column("through", sa.Text, nullable=False)
    yield sa.Column("charged", sa.Boolean, nullable=False)
    yield sa.PrimaryKeyConstraint("day", "store", "first_cycles", "number", name="pk_billing_slices")


def _set_aside() -> Iterator[SchemaItem]:
    yield sa.Column("day", sa.Date, nullable=False)
    yield _referring("account_id", "set_aside", "accounts.id", nullable=False)
    for name in ("seller", "store", "reason", "says"):
        yield sa.Column(name, sa.Text, nullable=False)
    yield sa.PrimaryKeyConstraint("day", "account_id", name="pk_set_aside")


def _bill_known_accounts() -> None:
    """Their cycles of before, nobody asked this release to charge."""
    anchor = {
        "sqlite": "CAST(strftime('%d', registered_on) AS INTEGER)",
        "postgresql": "EXTRACT(DAY FROM registered_on)",
    }
    tomorrow = {"sqlite": "date('now', '+1 day')", "postgresql": "(now() AT TIME ZONE 'UTC')::date + 1"}
    database = op.get_bind().dialect.name
    op.execute(
        "INSERT INTO billed_accounts (store, anchor_day, account_id, registered_on, billed_from) "  # noqa: S608  # ours
        f"SELECT store, {anchor[database]}, id, registered_on, {tomorrow[database]} FROM accounts"
    )


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
