"""What an edit of the rule files does to a service."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from linkedaccounts.client import Account, Client, to_decimal
from tests.end_to_end.running import ROOT, command, serving

SELLER = [Account("US", "2018-01-15"), Account("EU", "2018-01-15"), Account("JP", "2018-01-15")]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_another_cap_is_another_answer(rules: Path, tmp_path: Path) -> None:
    entry = "- {from: 2000-01-01, cap: 39.99 USD, split: by_standard_fee}"
    edit(rules / "fees" / "plans.yaml", entry, f"{entry}\n      - {{from: 2020-01-01, cap: 50.00 USD, split: equally}}")
    with serving(tmp_path, "--rules", str(rules)) as target, Client(target) as client:
        total = client.quote_fees(SELLER, day="2020-01-02").total
        assert 49 < to_decimal(total.charge) <= 50


def test_a_misspelt_field_stops_the_start_with_its_place_and_the_right_spelling(rules: Path, tmp_path: Path) -> None:
    edit(rules / "fees" / "charging.yaml", "seller.store_count", "seller.store_cuont")
    refused = command("serve", "--port", "0", "--rules", str(rules), "--data-dir", str(tmp_path))
    assert refused.returncode == 2
    assert "fees/charging.yaml:21:7" in refused.stderr
    assert "did you mean `seller.store_count`?" in refused.stderr


def test_policy_check_says_the_same(rules: Path) -> None:
    edit(rules / "fees" / "charging.yaml", "seller.store_count", "seller.store_cuont")
    checked = command("policy", "check", str(rules))
    assert checked.returncode == 1
    assert "fees/charging.yaml:21:7" in checked.stdout + checked.stderr
    assert "did you mean `seller.store_count`?" in checked.stdout + checked.stderr
