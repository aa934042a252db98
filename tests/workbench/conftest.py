"""The rules and rates of the project, and recorded decisions of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from linkedaccounts.policy.policy import Policy
from tests.application.conftest import book, policy
from tests.workbench.many_decisions import quote_lines

__all__ = ["book", "policy"]


@pytest.fixture(scope="session")
def lines(policy: Policy) -> tuple[bytes, ...]:
    """Recorded quotes."""
    return tuple(quote_lines(policy, 300))


@pytest.fixture
def record(lines: tuple[bytes, ...], tmp_path: Path) -> Path:
    """A file of them."""
    file = tmp_path / "decisions.jsonl"
    file.write_bytes(b"".join(lines))
    return file
