from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from tests.policy.rule_files import RULES, copy_of_rules, put, replace

HALF_PRICE = """\
  - id: half-price-in-brazil
    order: 10
    when:
      store.code: BR
    then: {reduce_by_percentage: 50}
    reason: HALF_PRICE_IN_BRAZIL
    message:
      en: ""
      zh-CN: ""
"""


def new(*arguments: str | Path, said: str = "") -> Result:
    return CliRunner().invoke(main, ["policy", "new", *map(str, arguments)], input=said)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return copy_of_rules(tmp_path)


def text(rules: Path, path: str) -> str:
    return (rules / path).read_text("utf-8")


def unchanged(rules: Path) -> bool:
    return all((rules / path.relative_to(RULES)).read_bytes() == path.read_bytes() for path in RULES.rglob("*.yaml"))


def test_a_rule_begins_with_the_answers_and_the_check_says_that_its_messages_are_left(rules: Path) -> None:
    answers = "reductions\nhalf-price-in-brazil\nreduce_by_percentage\n50\nstore.code: BR\n"
    result = new("rule", rules, said=answers)
    assert result.exit_code == 1
    assert text(rules, "fees/reductions.yaml") == text(RULES, "fees/reductions.yaml").replace(
        "rules: []\n", f"rules:\n{HALF_PRICE}"
    )
    assert "Facts of this decision: store.code, " in result.stdout
    assert "this is left to do: 2 problems" in result.stdout
    assert "the message of rule `half-price-in-brazil` in `en` is a text; here is nothing" in result.stdout


def test_a_rule_with_everything_answered_is_sound_at_once_and_comes_after_the_others(rules: Path) -> None:
    said = ("--when", "quote.day: {from: 2027-01-01}", "--then", "note", "--en", 'A "new" year.', "--zh-cn", "新年。")
    result = new("rule", rules, "--decision", "notes", "--id", "new-year", *said)
    assert result.exit_code == 0, result.output
    assert text(rules, "fees/notes.yaml").startswith(text(RULES, "fees/notes.yaml"))
    assert "\n\n  - id: new-year\n    order: 40\n    when:\n      quote.day: {from: 2027-01-01}\n" in result.stdout
    assert "sound: policy " in result.stdout


@pytest.mark.parametrize("decision", ["grouping", "charging", "link", "register", "fresh_sign_in", "details"])
def test_the_condition_that_is_proposed_is_one_of_the_decision(rules: Path, decision: str) -> None:
    then = {"grouping": "charge_alone", "charging": "charge_in_full", "details": "{ask_for: legal_name}"}.get(
        decision, "require_sign_in" if decision == "fresh_sign_in" else "refuse_as_not_permitted"
    )
    result = new("rule", rules, "--decision", decision, "--id", "a-new-one", "--then", then, said="\n")
    assert "    when:\n" in result.stdout
    assert "a-new-one` in `zh-CN` is a text; here is nothing" in result.stdout
    assert "unknown" not in result.stdout.partition("this is left to do")[2]


def test_wrong_answers_are_told_with_their_place_and_nothing_is_written(rules: Path) -> None:
    said = ("--id", "plan-share", "--when", "store.cod: BR", "--then", "{reduce_by_percentage: 101}")
    result = new("rule", rules, "--decision", "charging", *said)
    assert result.exit_code == 1
    assert "--when:1:2: there is no fact `store.cod`" in result.stderr
    assert "did you mean `store.code`?" in result.stderr
    assert "--then:1:" in result.stderr
    assert "the id `plan-share` is taken already, in fees/charging.yaml:18:9" in result.stderr
    assert unchanged(rules)


def test_a_cap_is_raised_from_a_day_on(rules: Path) -> None:
    result = new("value", rules, "--of", "international-selling", "--from", "2027-01-01", "--cap", "45.00 USD")
    assert result.exit_code == 0, result.output
    assert text(rules, "fees/plans.yaml") == text(RULES, "fees/plans.yaml") + (
        "      - {from: 2027-01-01, cap: 45.00 USD, split: by_standard_fee}\n"
    )


def test_a_fee_is_asked_for_with_the_one_that_holds_and_comes_in_the_order_of_days(rules: Path) -> None:
    replace(
        rules, "catalogue/stores.yaml", "[BR]}\n", "[BR]}\n      - {from: 2030-01-01, fee: 30 BRL, countries: [BR]}\n"
    )
    result = new("value", rules, said="BR\n2027-02-30\n2027-02-01\n25 BRL\n")
    assert result.exit_code == 0, result.output
    assert "`2027-02-30` is no calendar day" in result.output
    assert "Which fee? [19 BRL]" in result.output
    assert (
        "      - {from: 2000-01-01, fee: 19 BRL, countries: [BR]}\n"
        "      - {from: 2027-02-01, fee: 25 BRL, countries: [BR]}\n"
        "      - {from: 2030-01-01, fee: 30 BRL, countries: [BR]}\n"
    ) in text(rules, "catalogue/stores.yaml")


def test_an_end_that_is_still_to_come_is_kept_and_the_overlap_is_told(rules: Path) -> None:
    replace(rules, "fees/plans.yaml", "from: 2000-01-01", "from: 2000-01-01, through: 2027-12-31")
    result = new("value", rules, "--of", "international-selling", "--from", "2027-01-01", "--split", "equally")
    assert result.exit_code == 1
    assert "{from: 2027-01-01, through: 2027-12-31, cap: 39.99 USD, split: equally}" in result.stderr
    assert "two entries of plan international-selling hold on 2027-01-01" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "exit_code", "told"),
    [
        (("--of", "BR", "--from", "2027-01-01", "--fee", "25"), 1, "write it as in `25 USD`"),
        (("--of", "BR", "--from", "2000-01-01", "--fee", "25 BRL"), 1, "two entries of store BR hold on 2000-01-01"),
        (("--of", "BRA", "--from", "2027-01-01", "--fee", "25 BRL"), 1, "did you mean `BR`?"),
        (("--of", "BR", "--from", "2027-01-01", "--cap", "25 BRL"), 2, "`BR` has no `cap`; it has `fee`"),
        (("--of", "BR", "--from", "2027-02-29", "--fee", "25 BRL"), 2, "`2027-02-29` is no calendar day"),
    ],
)
def test_a_value_that_would_be_wrong_is_not_written(
    rules: Path, arguments: tuple[str, ...], exit_code: int, told: str
) -> None:
    result = new("value", rules, *arguments)
    assert result.exit_code == exit_code
    assert told in result.stderr
    assert unchanged(rules)


def test_a_case_expects_what_the_rules_say_today(rules: Path) -> None:
    said = ("--name", "in 2027: the plan", "--facts", "store.first_month: false, quote.day: 2027-02-01")
    result = new("case", rules, "--decision", "charging", *said)
    assert result.exit_code == 0, result.output
    assert text(rules, "tests/charging.yaml") == text(RULES, "tests/charging.yaml") + (
        '  - name: "in 2027: the plan"\n'
        "    facts: {store.first_month: false, quote.day: 2027-02-01}\n"
        "    expect: plan-share\n"
    )
    assert new("case", rules, "--decision", "charging", *said).exit_code == 1


def test_the_first_case_of_a_decision_begins_a_table(rules: Path) -> None:
    (rules / "tests" / "fresh-sign-in.yaml").unlink()
    result = new("case", rules, said="fresh_sign_in\nhalf an hour\nsession.minutes_since_sign_in: 30\n")
    assert result.exit_code == 0, result.output
    assert text(rules, "tests/fresh-sign-in.yaml") == (
        "cases_of: fresh_sign_in\ncases:\n  - name: half an hour\n"
        "    facts: {session.minutes_since_sign_in: 30}\n    expect: recent-sign-in\n"
    )


def test_facts_that_are_none_or_cannot_be_make_no_case(rules: Path) -> None:
    result = new("case", rules, "--decision", "charging", "--name", "a", "--facts", "store.first_mont: false")
    assert (result.exit_code, "did you mean `store.first_month`?" in result.stderr) == (1, True)
    cannot_be = "store.code: SG, quote.day: 2019-09-29"
    result = new("case", rules, "--decision", "charging", "--name", "a", "--facts", cannot_be)
    assert (result.exit_code, "these facts cannot occur" in result.stderr) == (1, True)
    assert unchanged(rules)


def test_a_file_that_takes_nothing_as_it_is_written_stays_as_it_is(rules: Path) -> None:
    put(rules, "tests/grouping.yaml", "{cases_of: grouping, cases: []}\n")
    result = new("case", rules, "--decision", "grouping", "--name", "a", "--facts", "store.code: US")
    assert result.exit_code == 1
    assert "run `linked-accounts policy format` on tests/grouping.yaml first" in result.stderr
    assert text(rules, "tests/grouping.yaml") == "{cases_of: grouping, cases: []}\n"
