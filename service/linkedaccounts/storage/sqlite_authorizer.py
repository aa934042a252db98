"""SQLite has no roles: this says of each thing that a statement of the service would do whether it may.

SQLite asks while it prepares a statement, and again for what triggers do. What is not allowed here is denied: creating,
altering and dropping anything, attaching files, settings, loading extensions.
"""

from __future__ import annotations

import sqlite3

from linkedaccounts.storage.privileges import PRIVILEGES

_ALWAYS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_TRANSACTION,
    sqlite3.SQLITE_SAVEPOINT,
    sqlite3.SQLITE_RECURSIVE,
}
# What Alembic asks to find out whether there is a table.
_QUESTIONS = {"table_info", "table_xinfo"}
_FORBIDDEN_FUNCTIONS = {"load_extension", "fts3_tokenizer"}


def authorize(action: int, first: str | None, second: str | None, database: str | None, _trigger: str | None) -> int:
    """SQLITE_OK or SQLITE_DENY; ``first`` is a table or setting, ``second`` a column or function, by the action."""
    asks = action == sqlite3.SQLITE_PRAGMA and first in _QUESTIONS
    if action in _ALWAYS or asks or (database in {None, "main"} and _may(action, first or "", second or "")):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _may(action: int, first: str, second: str) -> bool:
    match action:
        case sqlite3.SQLITE_INSERT:
            return first in PRIVILEGES
        case sqlite3.SQLITE_UPDATE:
            return first in PRIVILEGES and second in PRIVILEGES[first].changes
        case sqlite3.SQLITE_DELETE:
            return first in PRIVILEGES and PRIVILEGES[first].removes
        case sqlite3.SQLITE_FUNCTION:
            return second.lower() not in _FORBIDDEN_FUNCTIONS
    return False
