"""What buf says of the contract, and that it would say it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.contract.building import PROTOS, buf, generate

SERVICE = "linkedaccounts/v1/fee_quote_service.proto"


def test_the_contract_passes_lint(contract: Path) -> None:
    verdict = buf("lint", contract)

    assert verdict.returncode == 0, verdict.stdout


def test_lint_finds_an_element_without_comment(tmp_path: Path) -> None:
    verdict = buf(
        "lint", changed(tmp_path, lambda text: text.replace("service FeeQuoteService", "\nservice FeeQuoteService"))
    )

    assert 'Service "FeeQuoteService" should have a non-empty comment' in verdict.stdout


def test_the_contract_does_not_break_itself(contract: Path) -> None:
    assert buf("breaking", contract, "--against", contract).returncode == 0


def test_a_removed_field_is_found(contract: Path, tmp_path: Path) -> None:
    verdict = buf("breaking", changed(tmp_path, without_a_field), "--against", contract)

    assert verdict.returncode != 0
    assert re.search(r'Previously present field "\d+" with name "\w+" on message "\w+" was deleted', verdict.stdout)


def test_a_new_field_is_no_break(contract: Path, tmp_path: Path) -> None:
    verdict = buf("breaking", contract, "--against", changed(tmp_path, without_a_field))

    assert verdict.returncode == 0, verdict.stdout


def without_a_field(proto: str) -> str:
    """The contract without the last field of its first message."""
    message = re.search(r"^message \w+ \{\n.*?^\}$", proto, re.MULTILINE | re.DOTALL)
    assert message
    kept, _, _ = message.group().rpartition(" = ")
    return proto.replace(message.group(), f"{kept.rpartition(';')[0]};\n}}")


def changed(folder: Path, change: Callable[[str], str]) -> Path:
    """The descriptor set of a copy of the contract whose service file was changed."""
    copy = shutil.copytree(PROTOS, folder / "protos", ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / SERVICE
    before = file.read_text(encoding="utf-8")
    file.write_text(change(before), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != before
    generate("--protos", copy, "--descriptors", folder / "changed.binpb")
    return folder / "changed.binpb"
