"""The bad changes of docs/bad-changes.md: each is made as the page has it, and stopped by what the page quotes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linkedaccounts.policy.problems import PolicyRejected
from tests.end_to_end.edits import admitted, blocks, edited
from tests.end_to_end.running import ROOT, command
from tests.policy.rule_files import copy_of_rules

PAGE = (ROOT / "docs" / "bad-changes.md").read_text("utf-8")
CHANGES = re.split(r"^## \d+\. ", PAGE, flags=re.MULTILINE)[1:]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return copy_of_rules(tmp_path)


def test_without_a_bad_change_the_rules_serve(rules: Path) -> None:
    assert admitted(rules).cases_passed


@pytest.mark.parametrize("change", CHANGES, ids=[change.partition("\n")[0] for change in CHANGES])
def test_a_bad_change_is_stopped_by_what_the_page_quotes(rules: Path, change: str) -> None:
    edited(rules, change)

    with pytest.raises(PolicyRejected) as stopped:
        admitted(rules)

    (quoted,) = blocks(change, "text")
    assert any(str(problem).startswith(quoted) for problem in stopped.value.problems), str(stopped.value)


def test_the_table_of_the_page_lists_them_all() -> None:
    listed = re.findall(r"^\| \d+ \| \[(.*?)\]", PAGE, flags=re.MULTILINE)
    assert listed == [change.partition("\n")[0] for change in CHANGES]
    assert len(CHANGES) >= 12


def test_a_start_is_stopped_by_a_whole_quote_and_by_a_proof_too(rules: Path, tmp_path: Path) -> None:
    for title in ("A point in the wrong place", "An offer that punishes linking"):
        edited(rules, next(change for change in CHANGES if change.startswith(title)))

    refused = command("serve", "--port", "0", "--rules", str(rules), "--data-dir", str(tmp_path))

    assert refused.returncode == 2
    assert "not 7.29 USD [case-fails]" in refused.stderr
    assert "the invariant `a-linked-seller-never-pays-more-than-unlinked` does not hold" in refused.stderr
