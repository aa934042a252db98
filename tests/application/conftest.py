"""The project's own rules and the packaged rate book, for use cases that are called in process."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.marketplace import Marketplace
from tests.storage.databases import database, postgresql, postgresql_template, sqlite_template, storage

__all__ = ["database", "postgresql", "postgresql_template", "sqlite_template", "storage"]

ROOT = Path(__file__).parents[2]
TODAY = date(2019, 9, 30)


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy(ROOT / "rules")


@pytest.fixture(scope="session")
def book() -> RateBook:
    return packaged_rate_book()


@pytest.fixture(scope="session")
def quote_fees(policy: Policy, book: RateBook) -> QuoteFees:
    """The use case on the project's rules; its today is 2019-09-30."""
    return QuoteFees(lambda: policy, lambda: book, lambda: TODAY)


@pytest.fixture
def market(policy: Policy, quote_fees: QuoteFees, storage: SqlStorage) -> Marketplace:
    """An empty marketplace on the project's rules, in the morning of 2019-09-30, on each database."""
    return Marketplace(storage, policy, quote_fees)
