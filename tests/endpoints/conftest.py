"""The marketplace of the use cases' tests, on each database, for what only the whole can show."""

from __future__ import annotations

from tests.application.conftest import (
    book,
    database,
    market,
    policy,
    postgresql,
    postgresql_template,
    quote_fees,
    sqlite_template,
    storage,
)

__all__ = [
    "book",
    "database",
    "market",
    "policy",
    "postgresql",
    "postgresql_template",
    "quote_fees",
    "sqlite_template",
    "storage",
]
