from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from linkedaccounts.cli.policy import case_run
from linkedaccounts.cli.policy.watching import SECONDS_BETWEEN_LOOKS, Fingerprint, fingerprint, whenever_changed
from linkedaccounts.policy.load import load_policy
from linkedaccounts.workbench.coverage import Coverage
from tests.policy.rule_files import RULES, copy_of_rules, put, replace

WRONG = """\
  - name: a suspended account is not linked
    facts: {account.status: suspended}
    expect: account-"""


QUOTES = sum("- name:" in line for line in (RULES / "tests/quotes.yaml").read_text("utf-8").splitlines())


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return copy_of_rules(tmp_path)


@pytest.fixture
def failing(rules: Path) -> Path:
    """The rules with a case that expects what they do not give."""
    replace(rules, "tests/link.yaml", f"{WRONG}suspended", f"{WRONG}closed")
    return rules


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["policy", "test", *map(str, arguments)])


def test_sound_rules_pass_and_show_all_of_themselves(rules: Path) -> None:
    result = run(rules, "--fail-under", "100")

    assert result.exit_code == 0
    cases = load_policy(rules).cases_passed
    assert f"{cases} cases and {QUOTES} quotes: {cases + QUOTES} passed, 0 failed" in result.output
    assert "shown by no case" not in result.output


def test_a_case_that_fails_shows_expected_actual_and_every_condition_that_mattered(failing: Path) -> None:
    result = run(failing)

    assert result.exit_code == 1
    assert "fails: a suspended account is not linked  tests/link.yaml:" in result.output
    assert "expected: account-closed (eligibility/link.yaml:" in result.output
    assert "actual:   account-suspended (eligibility/link.yaml:" in result.output
    assert "account.status: wanted closed, is suspended (eligibility/link.yaml:" in result.output
    assert "account-suspended applies; what it wants is so:" in result.output


def test_junit_has_a_suite_for_each_table_and_the_failure_with_its_file_and_line(failing: Path) -> None:
    report = failing.parent / "junit.xml"
    run(failing, "--junit", report)

    suites = {suite.get("name"): suite for suite in ET.parse(report).getroot().iter("testsuite")}
    (failed,) = [case for case in suites["tests/link.yaml"] if case.find("failure") is not None]
    assert (failed.get("name"), failed.get("file")) == (
        "a suspended account is not linked",
        (failing / "tests/link.yaml").as_posix(),
    )
    assert suites["tests/charging.yaml"].get("failures") == "0"


def test_a_quote_that_fails_is_a_case_that_fails_beside_those_that_pass(rules: Path) -> None:
    replace(rules, "tests/quotes.yaml", "total: 39.9693 USD", "total: 39.9692 USD")
    report = rules.parent / "junit.xml"
    result = run(rules, "--junit", report)

    assert result.exit_code == 1
    assert "fails: the total is 39.9693 USD, not 39.9692 USD" in result.output
    assert ", 1 failed" in result.output
    assert "not sound" not in result.output
    suites = {suite.get("name"): suite for suite in ET.parse(report).getroot().iter("testsuite")}
    quotes = suites["tests/quotes.yaml"]
    assert (quotes.get("tests"), quotes.get("failures"), quotes.get("errors")) == (str(QUOTES), "1", "0")


def test_rules_that_cannot_be_tested_are_errors_of_the_report(rules: Path) -> None:
    put(rules, "wrong.yaml", "decision: no-such\n")
    report = rules.parent / "junit.xml"

    assert run(rules, "--junit", report).exit_code == 1
    assert "unknown-field" in report.read_text("utf-8")


def test_what_no_case_shows_is_named_and_may_fail_the_run(rules: Path) -> None:
    (rules / "tests/link.yaml").unlink()

    assert run(rules).exit_code == 0
    result = run(rules, "--fail-under", "99.9%")
    assert result.exit_code == 1
    assert "eligibility/link.yaml:42:5  account-suspended  never applies" in result.output
    assert "--fail-under wants 99.9 %" in result.output


def test_a_rule_that_cannot_be_counted_is_not_enough(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = load_policy(rules).decisions["link"].rules[0]
    monkeypatch.setattr(case_run, "coverage", lambda *_: Coverage((), (rule,)))

    assert run(rules).exit_code == 0
    result = run(rules, "--fail-under", "100")
    assert result.exit_code == 1
    assert f"not counted: {rule.id}" in result.output
    assert "--fail-under 100 cannot be told of what is not counted" in result.output


def test_proposed_cases_pass_and_show_what_was_missing(rules: Path) -> None:
    (rules / "tests/link.yaml").unlink()
    proposed = run(rules, "--propose")

    assert "proposed-link.yaml" in proposed.output
    assert "for you to read and mend" in proposed.output
    result = run(rules, "--fail-under", "100")
    assert result.exit_code == 0
    assert "waiting for you to read them: tests/proposed-link.yaml" in result.output


def test_nothing_is_proposed_while_a_case_fails(failing: Path) -> None:
    result = run(failing, "--propose")

    assert result.exit_code == 1
    assert not list((failing / "tests").glob("proposed-*"))


def test_some_cases_may_be_run_by_their_names(failing: Path) -> None:
    assert run(failing, "-k", "web agency").exit_code == 0
    assert f"0 cases and {QUOTES} quotes" in run(failing, "-k", "QUOTES.yaml").output


def test_a_page_shows_the_rule_files_and_what_is_missing(rules: Path) -> None:
    (rules / "tests/unlink.yaml").unlink()
    page = rules.parent / "coverage.html"
    run(rules, "--html", page)

    text = page.read_text("utf-8")
    assert "linking-is-permanent" in text
    assert "administrator-of-the-owner-links" in text


class Ended(Exception):
    """Ctrl-C."""


def test_a_change_is_taken_up_once_two_looks_agree(rules: Path) -> None:
    said: list[list[str]] = []
    looks: list[Fingerprint] = []
    waited: list[float] = []

    def look() -> Fingerprint:
        if len(looks) in (2, 3):
            put(rules, "tests/unlink.yaml", f"# look {len(looks)}\ncases_of: unlink\ncases: []\n" + "#" * len(looks))
        if len(looks) > 8:
            raise Ended
        looks.append(fingerprint(rules))
        return looks[-1]

    with pytest.raises(Ended):
        whenever_changed(look, said.append, waited.append)
    assert said == [[], ["tests/unlink.yaml"]]
    assert set(waited) == {SECONDS_BETWEEN_LOOKS}


def test_files_that_an_editor_hides_are_not_watched(rules: Path) -> None:
    before = fingerprint(rules)
    put(rules, "tests/.#unlink.yaml", "half a chan")

    assert fingerprint(rules) == before != {}


def test_a_share_that_is_none_is_refused(rules: Path) -> None:
    result = run(rules, "--fail-under", "101")

    assert result.exit_code == 2
    assert "`101` is no percentage from 0 to 100" in result.output
