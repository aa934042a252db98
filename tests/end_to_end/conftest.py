"""One service for all end-to-end tests that do not change it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from linkedaccounts.client import Client
from tests.end_to_end.running import serving


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("data")) as address:
        yield address


@pytest.fixture(scope="session")
def client(target: str) -> Iterator[Client]:
    with Client(target, timeout=30) as client:
        yield client
