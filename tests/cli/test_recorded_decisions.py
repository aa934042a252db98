"""`policy replay` and `policy backtest`: what they say, and with which exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.policy_archive import PolicyArchive
from tests.policy.rule_files import RULES, copy_of_rules, put, replace
from tests.workbench.many_decisions import quote_lines


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(RULES)


@pytest.fixture
def data(tmp_path: Path, policy: Policy) -> Path:
    """A data directory with an archive and recorded decisions."""
    PolicyArchive(tmp_path / "policies").keep(policy)
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / "a.jsonl").write_bytes(b"".join(quote_lines(policy, 40)))
    return tmp_path


@pytest.fixture
def dearer(tmp_path: Path) -> Path:
    """Rules with a higher cap."""
    rules = copy_of_rules(tmp_path)
    replace(rules, "fees/plans.yaml", "cap: 39.99 USD", "cap: 44.99 USD")
    return rules


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["policy", *map(str, arguments)], terminal_width=120)


def backtest(data: Path, candidate: Path, *options: str | Path) -> Result:
    return run("backtest", data / "decisions", "--candidate", candidate, "--processes", "1", *options)


def test_replay_proves_that_decisions_come_out_the_same(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKED_ACCOUNTS_DATA_DIR", str(data))
    result = run("replay", data / "decisions", "--processes", "1")
    assert (result.exit_code, result.output.splitlines()) == (
        0,
        ["40 decisions replayed by 1 policy: all the same, bit for bit", "  40 quote"],
    )


def test_replay_in_several_processes_finds_the_same(data: Path) -> None:
    for number in range(3):
        (data / "decisions" / f"b{number}.jsonl").write_bytes((data / "decisions" / "a.jsonl").read_bytes())
    result = run("replay", data / "decisions", "--archive", data / "policies", "--processes", "2")
    assert result.output.startswith("160 decisions replayed by 1 policy: all the same, bit for bit")
    assert result.exit_code == 0


def test_a_decision_that_comes_out_otherwise_fails_with_both_outcomes(data: Path) -> None:
    file = data / "decisions" / "a.jsonl"
    file.write_bytes(re.sub(rb'"charge":\d+', b'"charge":1', file.read_bytes(), count=1))
    result = run("replay", file, "--archive", data / "policies", "--processes", "1")
    assert result.exit_code == 1
    assert "39 the same" in result.output
    assert f"{file}:1: quote of call 1-0" in result.output
    assert '"charge":1,' in result.output.split("replayed:")[0]


def test_a_policy_that_is_missing_or_changed_is_said_and_proves_nothing(data: Path, policy: Policy) -> None:
    replace(data / "policies" / policy.version, "catalogue/stores.yaml", "fee: 19 BRL", "fee: 20 BRL")
    result = run("replay", data / "decisions", "--archive", data / "policies", "--processes", "1")
    assert result.exit_code == 1
    assert "40 could not be replayed:\n  40: the files in" in result.output
    assert "were changed: they are version" in result.output


def test_of_an_empty_file_nothing_is_proven(data: Path) -> None:
    put(data, "decisions/a.jsonl", "")
    result = run("replay", data / "decisions", "--archive", data / "policies")
    assert (result.exit_code, result.output.splitlines()[0]) == (1, "0 decisions replayed by 0 policies: 0 the same")


def test_without_recorded_decisions_it_is_a_mistake_of_use(tmp_path: Path) -> None:
    result = run("replay", tmp_path)
    assert result.exit_code == 2
    assert "there is no recorded decision (*.jsonl) in" in result.output


def test_a_backtest_tells_what_changes_and_keeps_to_a_budget(data: Path, dearer: Path) -> None:
    result = backtest(data, dearer, "--max-changed", "1", "--max-cost", "USD:1")
    assert result.exit_code == 1
    assert result.output.startswith("40 decisions replayed with policy ")
    assert "sellers pay more in" in result.output
    assert "above the budget: sellers pay" in result.output
    assert backtest(data, dearer, "--max-changed", "100%", "--max-cost", "USD:1000000").exit_code == 0


def test_a_program_gets_json_with_exact_amounts(data: Path, dearer: Path) -> None:
    content = json.loads(backtest(data, dearer, "--format", "json").stdout)
    assert content["replayed"] == {"quote": 40}
    assert content["changed"]["quote"] == content["more"]["quotes"] > 5
    assert content["by_rule"][0]["name"] == "plan-share"
    assert re.fullmatch(r"\d+\.\d\d", content["by_rule"][0]["difference"]["USD"])
    assert content["rises"][0]["lines"][0]["store"]


def test_the_page_needs_nothing_else_and_has_the_charts(data: Path, dearer: Path) -> None:
    page = data / "report.html"
    assert backtest(data, dearer, "--html", page).exit_code == 0
    html = page.read_text("utf-8")
    assert html.count("<svg") == 2
    assert "currentColor" in html
    assert set(re.findall(r'(?:src|href)="(?!#)([^"]*)"', html)) <= set()
    assert "The quotes that rise the most" in html


def test_other_decisions_that_change_are_told_by_their_rules(data: Path, dearer: Path) -> None:
    facts = '{"actor.role":"member","actor.organisation":"owner","account.store":"US","action.day":"2019-09-30"}'
    head = '{"schema":1,"decision":"link","at":"","request_id":"","method":"","policy_version":"","facts":'
    outcome = ',"outcome":{"allowed":true,"rules":["once-allowed"]}}\n'
    put(data, "decisions/a.jsonl", (head + facts + outcome) * 3)
    content = json.loads(backtest(data, dearer, "--format", "json", "--max-changed", "2").stdout)
    (flip,) = content["flips"]
    assert (flip["before"], flip["after"], flip["count"]) == ("allowed", "not allowed", 3)
    assert flip["rules_before"] == ["once-allowed"]
    assert content["exceeded"] == ["3 decisions change, above 2"]
    assert "not allowed" in backtest(data, dearer).output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--max-changed", "many"), "write 100 or 0.5%"),
        (("--max-cost", "100"), "write it as in CUR:100"),
        (("--max-cost", "EUR:100"), "reporting currency: write USD:"),
    ],
)
def test_a_budget_that_is_none_is_a_mistake_of_use(
    options: tuple[str, ...], said: str, data: Path, dearer: Path
) -> None:
    result = backtest(data, dearer, *options)
    assert result.exit_code == 2
    assert said in result.output


def test_a_candidate_with_problems_is_not_tried(data: Path, dearer: Path) -> None:
    put(dearer, "fees/plans.yaml", "plan: {")
    result = backtest(data, dearer)
    assert result.exit_code == 2
    assert "fees/plans.yaml" in result.output
