"""The guards of version 0002: what was charged, and by what, stays as it is."""

from __future__ import annotations

from collections.abc import Iterator

from linkedaccounts.storage.migrations.guard import Guard

FOR_GOOD = (
    "ledger_transactions",
    "ledger_entries",
    "policies",
    "policy_changes",
    "account_statuses",
    "billed_accounts",
)
NEVER_REMOVED = (*FOR_GOOD, "billing_slices")
NO_CHANGE = "what was booked is never changed: a reversal mends it"
NO_REMOVAL = "what was booked is never removed: a reversal mends it"
_SAME = {
    "ledger_transactions": "id = NEW.id",
    "ledger_entries": "transaction_id = NEW.transaction_id AND position = NEW.position",
    "policies": "version = NEW.version",
    "policy_changes": "at = NEW.at",
    "account_statuses": "account_id = NEW.account_id AND at = NEW.at",
    "billed_accounts": "store = NEW.store AND anchor_day = NEW.anchor_day AND account_id = NEW.account_id",
    "billing_slices": "day = NEW.day AND store = NEW.store AND first_cycles = NEW.first_cycles AND number = NEW.number",
}


def guards(database: str) -> Iterator[Guard]:
    """Those of a database, by SQLAlchemy's name for it."""
    for table in FOR_GOOD:
        yield Guard(f"{table}_no_update", table, "UPDATE", NO_CHANGE)
    for table in NEVER_REMOVED:
        yield Guard(f"{table}_no_delete", table, "DELETE", NO_REMOVAL)
    yield _only_charged()
    if database == "sqlite":
        yield from _no_replacement()


def _only_charged() -> Guard:
    """A slice is charged once, and never open again."""
    return Guard(
        "billing_slices_once", "billing_slices", "UPDATE", "a slice is charged once", "OLD.charged OR NOT NEW.charged"
    )


def _no_replacement() -> Iterator[Guard]:
    """`INSERT OR REPLACE` removes a row without asking the guards against removal: no key is added twice."""
    for table, same in _SAME.items():
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608  # both stand above
        yield Guard(f"{table}_no_replace", table, "INSERT", f"{table}: it is there already", exists)
