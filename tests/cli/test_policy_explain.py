from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from tests.policy.rule_files import copy_of_rules, replace

AGENT = "a web agency is sent to the owner, even as administrator"


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["policy", "explain", *arguments])


def lines(result: Result) -> list[str]:
    """What is printed, without the branches of the tree."""
    return [line.strip(" │├└─") for line in result.output.splitlines()]


def test_a_case_is_explained_by_its_name() -> None:
    result = explain("--case", AGENT)

    assert result.exit_code == 0
    assert result.output.startswith("Europe – May the account be linked? no\nWhy\n└── ✓ agent-of-the-owner: refused")
    assert "✗ accounts involved: 2 (the rule wants: at most 1)" in result.output
    assert lines(result)[-3] == "acting for: the account's owner instead of a web agency → yes"


def test_facts_on_the_command_line_change_those_of_a_case() -> None:
    result = explain("--case", AGENT, "--fact", "actor.organisation=owner", "--language", "zh-CN")

    assert result.output.startswith("欧洲：可以关联该账户吗？可以\n")


def test_a_case_that_fails_is_explained_too(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    replace(rules, "tests/link.yaml", "expect: agent-of-the-owner", "expect: account-closed")

    assert explain(str(rules), "--case", AGENT).exit_code == 0


def test_facts_come_from_a_file_and_what_is_left_out_from_the_catalogue(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("store.code: JP\nquote.day: 2019-09-30\nseller.linked: true\n", "utf-8")
    result = explain("--decision", "charging", "--facts", str(file), "--fact", "seller.store_count=2")

    assert result.output.startswith("Japan – How is the store charged? takes part in the international selling plan\n")


def test_programs_get_the_contracts_message() -> None:
    (explanation,) = json.loads(explain("--case", AGENT, "--format", "json").output)["explanations"]

    assert explanation["allowed"] is False
    assert explanation["nearestMisses"][0]["changes"] == [
        {"fact": "actor.organisation", "before": "web_agency", "after": "owner"}
    ]


def test_a_quote_is_explained_in_its_own_terms() -> None:
    accounts = ("--account", "US=2019-01-25/2019-09-25", "--account", "EU=2018-03-01/2019-09-25")
    result = explain(*accounts, "--on", "2019-09-30")

    assert "linked on: 2019-09-24 instead of 2019-09-25 → takes part in the" in lines(result)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say what to explain: one of --decision, --case and --account"),
        (("--case", "a web agency is sent"), f"there is no case `a web agency is sent`; did you mean `{AGENT}`?"),
        (
            ("--decision", "link", "--fact", "actor.rol=x"),
            "no fact `actor.rol` in this decision; did you mean `actor.role`?",
        ),
        (
            ("--decision", "link", "--fact", "actor.role=membr"),
            "there is no `actor.role` `membr`; did you mean `member`?",
        ),
        (("--decision", "link", "--fact", "actor.role"), "`actor.role` states no value"),
        (("--decision", "link", "--fact", "account.store=US", "--fact", "account.region=europe"), "cannot occur"),
        (("--account", "US=2019-09-30", "--fact", "store.code=US"), "follow from its accounts"),
        (("--account", "US=2019-09-31"), "`2019-09-31` is not a calendar day"),
        (("--account", "US"), "`US` says no day of registration"),
    ],
)
def test_what_cannot_be_explained_ends_with_2_and_says_why(arguments: tuple[str, ...], said: str) -> None:
    result = explain(*arguments)

    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_a_problem_in_a_file_of_facts_is_shown_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("seller.linked: maybe\n", "utf-8")
    result = explain("--decision", "charging", "--facts", str(file))

    assert result.exit_code == 2
    assert "facts.yaml:1:16: `seller.linked` is `true` or `false`" in result.stderr


def test_rules_with_problems_end_with_1_and_all_of_them(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    replace(rules, "fees/charging.yaml", "store.first_month: true", "store.first_mouth: true")
    result = explain(str(rules), "--decision", "charging")

    assert result.exit_code == 1
    assert "did you mean `store.first_month`?" in result.output
