from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from linkedaccounts.cli.policy.check_report import Checkup, as_github, as_sarif
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import Problem
from linkedaccounts.settings import default_rules
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.workbench.gate import admitted

MISSPELT = """\
decision: reductions
combine: collect
rules:
  - id: misspelt
    when: {store.first_mouth: true}
    order: 999
    then: charge_nothing
    reason: MISSPELT
    message: {en: "misspelt", zh-CN: "misspelt"}
"""


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["policy", "check", *arguments])


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the rules, to be broken."""
    return Path(shutil.copytree(default_rules(), tmp_path / "rules"))


def broken(rules: Path) -> Path:
    """The rules with one more file, in which a fact is misspelt."""
    (rules / "misspelt.yaml").write_text(MISSPELT, "utf-8")
    return rules


def test_sound_rules_are_summed_up_in_a_line(rules: Path) -> None:
    result = check(str(rules))
    policy = admitted(rules, packaged_rate_book())
    assert result.exit_code == 0
    assert result.output.startswith(f"sound: policy {policy.version}, {len(policy.files)} files, ")
    assert f"{policy.cases_passed} tests passed" in result.output


def test_without_a_directory_the_rules_that_came_with_the_service_are_checked(rules: Path) -> None:
    assert check().output == check(str(rules)).output


def test_the_environment_names_the_rules_too(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKED_ACCOUNTS_RULES", str(broken(rules)))
    assert check().exit_code == 1


def test_a_setting_that_names_no_directory_ends_with_2(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LINKED_ACCOUNTS_RULES", str(tmp_path / "missing"))
    result = check()
    assert result.exit_code == 2
    assert "LINKED_ACCOUNTS_RULES" in result.stderr


def test_a_misspelt_field_is_told_with_its_place_and_the_right_spelling(rules: Path) -> None:
    result = check(str(broken(rules)))
    assert result.exit_code == 1
    assert "misspelt.yaml:5:12" in result.output
    assert "did you mean `store.first_month`?" in result.output
    assert "^" in result.output


def test_programs_get_the_summary_as_json(rules: Path) -> None:
    summary = json.loads(check(str(rules), "--format", "json").output)
    assert summary["sound"] is True
    assert summary["version"] == load_policy(rules).version
    assert {"path", "sha256", "rule_count"} == set(summary["files"][0])


def test_programs_get_the_problems_as_json(rules: Path) -> None:
    result = check(str(broken(rules)), "--format", "json")
    found = json.loads(result.output)
    assert result.exit_code == 1
    assert found["sound"] is False
    problem = next(problem for problem in found["problems"] if "first_mouth" in problem["message"])
    assert (problem["file"], problem["code"]) == ("misspelt.yaml", "unknown-field")
    assert (problem["line"], problem["column"]) == (5, 12)


def test_on_github_each_problem_is_marked_at_its_line(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(broken(rules).parent)
    result = check("rules", "--format", "github")
    line = next(line for line in result.output.splitlines() if "first_mouth" in line)
    assert result.exit_code == 1
    assert line.startswith("::error file=rules/misspelt.yaml,line=5,col=12,title=unknown-field::")
    assert line.endswith("%0Adid you mean `store.first_month`?")
    assert all(line.startswith("::error file=rules/") for line in result.output.splitlines())


def test_what_github_would_take_for_its_own_signs_is_written_otherwise() -> None:
    problem = Problem(Place("50%,a:b.yaml", 3), "odd", "100 % odd\nand more")
    assert as_github(Checkup(None, (problem,)), Path("rules")) == (
        "::error file=rules/50%25%2Ca%3Ab.yaml,line=3,title=odd::100 %25 odd%0Aand more"
    )


def test_sound_rules_are_summed_up_on_github(rules: Path) -> None:
    assert check(str(rules), "--format", "github").output == check(str(rules)).output


def test_a_sarif_log_has_every_problem_with_its_place(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(broken(rules).parent)
    listed = json.loads(check("rules", "--format", "json").output)["problems"]
    result = check("rules", "--format", "sarif")
    (run,) = json.loads(result.output)["runs"]
    places = [one["locations"][0]["physicalLocation"] for one in run["results"]]
    assert result.exit_code == 1
    assert [one["ruleId"] for one in run["results"]] == [one["code"] for one in listed]
    assert {one["id"] for one in run["tool"]["driver"]["rules"]} == {one["code"] for one in listed}
    assert {
        "artifactLocation": {"uri": "rules/misspelt.yaml"},
        "region": {"startLine": 5, "startColumn": 12},
    } in places


def test_a_sarif_log_of_sound_rules_has_no_results(rules: Path) -> None:
    log = json.loads(check(str(rules), "--format", "sarif").output)
    assert (log["version"], log["runs"][0]["results"]) == ("2.1.0", [])


@pytest.mark.parametrize(
    ("directory", "uri"), [("/rules", "file:///rules/a%20b.yaml"), ("my rules", "my%20rules/a%20b.yaml")]
)
def test_a_sarif_log_names_files_as_uris_and_no_line_where_there_is_none(directory: str, uri: str) -> None:
    log = json.loads(as_sarif(Checkup(None, (Problem(Place("a b.yaml"), "unreadable", "no text"),)), Path(directory)))
    (result,) = log["runs"][0]["results"]
    assert result["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": uri}}}]


def test_a_directory_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    assert check(str(tmp_path / "missing")).exit_code == 2


OFFER = """\
rules_of: charging
rules:
  - id: free-week
    through: 2030-06-30
    when: {store.code: US, seller.linked: true, store.suspended: true}
    then: charge_nothing
    overrides: [first-month-in-full, plan-share]
    reason: TEST
    message: {en: A test., zh-CN: 测试。}
"""


@pytest.fixture
def with_offer(rules: Path) -> Path:
    """The rules with an offer that runs out, to linked sellers."""
    (rules / "offer.yaml").write_text(OFFER, "utf-8")
    return rules


def test_a_warning_is_shown_and_does_not_fail_unless_asked_to(with_offer: Path) -> None:
    arguments = (str(with_offer), "--on", "2030-06-01")
    result = check(*arguments)
    assert result.exit_code == 0
    assert "offer.yaml:4:5: warning: rule `free-week` runs out: its last day is 2030-06-30" in result.output
    assert result.output.endswith(", 1 warning\n")
    assert check(*arguments, "--strict").exit_code == 1
    assert "warning" not in check(*arguments, "--within", "28").output


def test_every_format_tells_warnings_from_errors(with_offer: Path) -> None:
    arguments = (str(with_offer), "--on", "2030-06-01", "--format")
    (problem,) = json.loads(check(*arguments, "json").output)["problems"]
    (run,) = json.loads(check(*arguments, "sarif").output)["runs"]
    assert (problem["severity"], problem["code"]) == ("warning", "runs-out")
    assert [one["level"] for one in run["results"]] == ["warning"]
    assert check(*arguments, "github").output.startswith("::warning file=")


def test_notes_are_shown_to_who_asks(rules: Path) -> None:
    assert "note:" not in check(str(rules)).output
    result = check(str(rules), "--notes", "--strict")
    assert result.exit_code == 0
    assert "note: `standard-fee` alone decides where" in result.output


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["policy", "verify", *arguments, "--quotes", "5"])


def test_what_is_proved_is_told_from_what_is_tested(rules: Path) -> None:
    result = verify(str(rules))
    assert result.exit_code == 0
    assert "proved   an-agent-never-links (invariants.yaml:" in result.output
    assert "tested   the-order-of-files-and-rules-changes-nothing (invariants.yaml:" in result.output
    assert result.output.rstrip().endswith(": 13 proved, 1 tested")


def test_what_is_refuted_ends_with_1_and_shows_what_to_ask(rules: Path) -> None:
    (rules / "offer.yaml").write_text(OFFER.replace("linked: true", "linked: false"), "utf-8")
    result = verify(str(rules), "--format", "json")
    refuted = [each for each in json.loads(result.output)["invariants"] if each["proof"] == "refuted"]
    assert result.exit_code == 1
    assert [each["id"] for each in refuted] == ["a-linked-seller-never-pays-more-than-unlinked"]
    assert refuted[0]["counterexample"].startswith("linked-accounts quote US ")


def test_rules_with_other_errors_are_listed_and_not_verified(rules: Path) -> None:
    result = verify(str(broken(rules)))
    assert result.exit_code == 1
    assert "did you mean `store.first_month`?" in result.output
