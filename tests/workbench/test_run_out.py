"""Dates that run out: rules, stores and plans, near a day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.problems import Severity
from linkedaccounts.policy.read import read
from linkedaccounts.workbench.gaps import otherwise_alone
from linkedaccounts.workbench.run_out import running_out
from tests.policy.rule_files import RULES, copy_of_rules, put, replace

OFFERS = """
rules_of: charging
rules:
  - id: through-june
    through: 2030-06-30
    when: {store.code: US, store.suspended: true}
    then: charge_nothing
    overrides: [plan-share, first-month-in-full]
    reason: TEST
    message: {en: A test., zh-CN: 测试。}
  - id: before-july
    when: {store.code: CA, quote.day: {before: 2030-07-01}, store.suspended: true}
    then: charge_nothing
    overrides: [plan-share, first-month-in-full]
    reason: TEST
    message: {en: A test., zh-CN: 测试。}
"""


def told(rules: Path, day: date) -> list[tuple[str, str, Severity]]:
    files, _ = read(rules)
    problems = running_out(load_policy(rules), files, day, timedelta(90))
    return [(str(problem.place), problem.code, problem.severity) for problem in problems]


@pytest.mark.parametrize(
    "day, code, severity",
    [
        (date(2030, 4, 1), "runs-out", Severity.WARNING),
        (date(2030, 6, 30), "runs-out", Severity.WARNING),
        (date(2030, 7, 1), "ran-out", Severity.WARNING),
        (date(2030, 9, 29), "ran-out", Severity.NOTE),
    ],
)
def test_a_rule_that_ends_near_a_day_is_told_wherever_its_end_stands(
    tmp_path: Path, day: date, code: str, severity: Severity
) -> None:
    rules = copy_of_rules(tmp_path)
    put(rules, "offers.yaml", OFFERS)

    assert told(rules, date(2030, 3, 31)) == []
    assert told(rules, day) == [("offers.yaml:5:5", code, severity), ("offers.yaml:12:28", code, severity)]


def test_a_store_that_closes_is_told_and_one_whose_price_changes_is_not(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    last = "- {from: 2019-10-01, fee: 29.95 SGD, countries: [SG]}"
    more = "- {from: 2029-10-01, through: 2030-06-30, fee: 31 SGD, countries: [SG]}"
    replace(rules, "catalogue/stores.yaml", last, f"{last}\n      {more}")

    files, _ = read(rules)
    (problem,) = running_out(load_policy(rules), files, date(2030, 6, 1), timedelta(90))
    assert "store SG runs out: its last day is 2030-06-30, 29 days after 2030-06-01" in problem.message
    assert problem.source.strip() == more
    assert running_out(None, files, date(2030, 6, 1), timedelta(90)) == [problem]


def test_where_only_otherwise_decides_is_noted_with_a_case_that_holds(tmp_path: Path) -> None:
    files, _ = read(RULES)
    notes = otherwise_alone(load_policy(RULES), files)
    charging = next(note for note in notes if note.place.file == "fees/charging.yaml")

    assert charging.message == (
        "`standard-fee` alone decides where seller.linked false; or else seller.linked true and "
        "seller.store_count at_most 1 and store.first_month false"
    )
    rules = copy_of_rules(tmp_path)
    for number, note in enumerate(notes):
        put(rules, f"tests/note-{number}.yaml", note.counterexample)
    assert load_policy(rules).cases_passed == load_policy(RULES).cases_passed + len(notes)
