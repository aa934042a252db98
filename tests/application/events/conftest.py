from __future__ import annotations

from tests.application.billing.conftest import default_policy
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
    "default_policy",
    "market",
    "policy",
    "postgresql",
    "postgresql_template",
    "quote_fees",
    "sqlite_template",
    "storage",
]
