from __future__ import annotations

from pathlib import Path

import linkedaccounts.v1
from tests.contract.building import generate


def test_the_code_is_the_same_whenever_it_is_generated(tmp_path: Path) -> None:
    assert generated(tmp_path / "once") == generated(tmp_path / "again")


def test_the_installed_code_is_what_the_contract_gives(tmp_path: Path) -> None:
    assert contents(Path(linkedaccounts.v1.__path__[0])) == generated(tmp_path)


def test_generating_leaves_alone_what_is_as_it_should_be(tmp_path: Path) -> None:
    generated(tmp_path)
    before = times(tmp_path)
    generated(tmp_path)

    assert times(tmp_path) == before


def test_generating_removes_what_the_contract_no_longer_has(tmp_path: Path) -> None:
    fresh = generated(tmp_path)
    (tmp_path / "linkedaccounts" / "v1" / "gone_pb2.py").touch()

    assert generated(tmp_path) == fresh


def generated(out: Path) -> dict[str, bytes]:
    generate("--out", out)
    return contents(out / "linkedaccounts" / "v1")


def contents(folder: Path) -> dict[str, bytes]:
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert "fee_quote_service_pb2.py" in files
    return files


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.py*")}
