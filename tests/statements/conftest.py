from __future__ import annotations

from collections.abc import Iterator

import pytest

from linkedaccounts.policy.load import load_policy
from linkedaccounts.settings import default_rules
from tests.statements.seller import Seller, charged_seller


@pytest.fixture(scope="module")
def seller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seller]:
    """Seven stores, a refund and a reversal; no test changes it."""
    made = charged_seller(tmp_path_factory.mktemp("seller") / "accounts.db", load_policy(default_rules()))
    yield made
    made.storage.close()
