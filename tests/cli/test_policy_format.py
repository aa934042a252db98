from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from linkedaccounts.policy.load import load_policy
from tests.policy.rule_files import RULES, copy_of_rules, replace

UNTIDY = "fees/plans.yaml"


def format_(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["policy", "format", *map(str, arguments)])


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The rules, one file of which is not in canonical form."""
    rules = copy_of_rules(tmp_path)
    replace(rules, UNTIDY, "cap: 39.99 USD, split: by_standard_fee", "split: by_standard_fee , cap:  39.99 USD")
    return rules


def test_rules_are_put_in_canonical_form_and_say_the_same(rules: Path) -> None:
    before = load_policy(rules).version
    result = format_(rules)
    assert (result.exit_code, result.stdout) == (0, f"formatted: {rules / UNTIDY}\n")
    assert (rules / UNTIDY).read_bytes() == (RULES / UNTIDY).read_bytes()
    assert load_policy(rules).version == before
    assert format_(rules, "--check").exit_code == 0


def test_a_check_names_what_is_not_in_canonical_form_and_writes_nothing(rules: Path) -> None:
    before = (rules / UNTIDY).read_bytes()
    result = format_(rules, "--check")
    assert (result.exit_code, result.stdout) == (1, f"not in canonical form: {rules / UNTIDY}\n")
    assert (rules / UNTIDY).read_bytes() == before


def test_a_diff_shows_what_would_change_and_writes_nothing(rules: Path) -> None:
    before = (rules / UNTIDY).read_bytes()
    result = format_(rules / UNTIDY, "--diff")
    assert result.exit_code == 1
    assert "\n-      - {from: 2000-01-01, split: by_standard_fee , cap:  39.99 USD}\n+      - {from" in result.stdout
    assert (rules / UNTIDY).read_bytes() == before


def test_a_file_that_does_not_read_is_named_and_left_alone_and_the_others_are_done(rules: Path) -> None:
    bad = rules / "fees" / "notes.yaml"
    bad.write_bytes(b"decision: [notes\n")
    result = format_(rules)
    assert result.exit_code == 1
    assert f"{bad}:1:11: this is not YAML" in result.stderr
    assert bad.read_bytes() == b"decision: [notes\n"
    assert (rules / UNTIDY).read_bytes() == (RULES / UNTIDY).read_bytes()


def test_without_arguments_the_rules_that_the_environment_names_are_meant(
    rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKED_ACCOUNTS_RULES", str(rules))
    assert format_("--check").exit_code == 1


def test_a_path_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    assert format_(tmp_path / "missing").exit_code == 2
