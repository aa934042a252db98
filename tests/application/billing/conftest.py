from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.settings import default_rules
from linkedaccounts.storage.opening import open_storage
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.billing.billed_market import BilledMarket
from tests.storage.databases import database, postgresql, postgresql_template, sqlite_template, storage

__all__ = ["database", "postgresql", "postgresql_template", "sqlite_template", "storage"]


@pytest.fixture(scope="session")
def default_policy() -> Policy:
    """The rules that come with the service."""
    return load_policy(default_rules())


@pytest.fixture
def market(storage: SqlStorage, default_policy: Policy) -> BilledMarket:
    return BilledMarket(storage, default_policy)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[SqlStorage]:
    """Another database, of SQLite."""
    storage = open_storage(f"sqlite:///{tmp_path / 'other' / 'accounts.db'}")
    yield storage
    storage.close()
