"""What is installed is whole: the wheel brings the rules, the generated contract, the texts and the types."""

from __future__ import annotations

import shutil
import subprocess
import sys
from zipfile import ZipFile

import pytest

from tests.architecture.sources import PACKAGE, ROOT


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel that is built from a copy of the sources."""
    copy = tmp_path_factory.mktemp("sources")
    for folder in ("protos", "rules", "service"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "v1/*_pb2*"))
    for file in ("pyproject.toml", "README.md", ".gitignore"):
        shutil.copy(ROOT / file, copy / file)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=copy, check=True, capture_output=True
    )
    with ZipFile(next(copy.glob("dist/*.whl"))) as wheel:
        return set(wheel.namelist())


def test_every_rule_file_is_in_it_and_so_are_their_schemas(packed: set[str]) -> None:
    files = [path.relative_to(ROOT) for path in (ROOT / "rules").rglob("*") if path.is_file()]

    assert {"rules/fees/charging.yaml", "rules/.schema/charging.json"} <= {path.as_posix() for path in files}
    assert {f"linkedaccounts/{path}" for path in files} <= packed


def test_every_file_of_the_package_is_in_it(packed: set[str]) -> None:
    files = {
        f"linkedaccounts/{path.relative_to(PACKAGE)}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }

    assert {"linkedaccounts/py.typed", "linkedaccounts/v1/facts_pb2.py", "linkedaccounts/v1/contract.binpb"} <= files
    assert files <= packed


def test_nothing_else_is_in_it(packed: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in packed} == {"linkedaccounts", "linked_accounts"}
