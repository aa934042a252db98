from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.building import generate


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The descriptor set of protos/, with comments and imports."""
    file = tmp_path_factory.mktemp("contract") / "contract.binpb"
    generate("--descriptors", file)
    return file
