from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from linkedaccounts.policy.load import load_policy, quote_tables
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import Problem
from linkedaccounts.policy.read import read
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.workbench.quote_cases import check_quote_cases
from tests.policy.rule_files import RULES, put

SOUND = """\
quotes:
  - name: three regions share the cap
    day: 2019-09-30
    home_store: EU
    stores: {US: 2018-01-15, EU: 2018-01-15, JP: {registered_on: 2018-01-15, linked_on: 2018-03-01}}
    expect: {charges: {US: 12.51 USD, JP: 1532 JPY}, total: 39.9811 USD}
"""

book = cache(packaged_rate_book)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(RULES)


def tried(policy: Policy, directory: Path, content: str) -> tuple[int, list[Problem]]:
    put(directory, "tests/quotes.yaml", content)
    problems: list[Problem] = []
    passed = check_quote_cases(quote_tables(read(directory)[0]), policy, book(), problems)
    return passed, problems


def test_a_quote_that_comes_out_as_expected_passes(policy: Policy, tmp_path: Path) -> None:
    assert tried(policy, tmp_path, SOUND) == (1, [])


@pytest.mark.parametrize(
    "total, passes",
    [("39.98 USD", True), ("40 USD", True), ("39.981 USD", True), ("39.9812 USD", False), ("39.9811 USD", True)],
)
def test_a_total_is_compared_by_as_many_decimals_as_are_written(
    policy: Policy, tmp_path: Path, total: str, passes: bool
) -> None:
    assert (tried(policy, tmp_path, SOUND.replace("39.9811 USD", total))[0] == 1) is passes


def test_the_first_wrong_figure_is_shown_and_the_others_are_named(policy: Policy, tmp_path: Path) -> None:
    wrong = SOUND.replace("12.51", "12.50").replace("1532", "1500").replace("39.9811", "39.99")

    _, (problem,) = tried(policy, tmp_path, wrong)

    assert str(problem.place) == "tests/quotes.yaml:6:28"
    assert problem.message == (
        "case `three regions share the cap` fails: US is charged 12.51 USD by `plan-share`, not 12.50 USD"
    )
    assert problem.hint == "nor are as expected: JP, the total (39.98 USD, not 39.99 USD)"


@pytest.mark.parametrize(
    "before, after, said",
    [
        ("day: 2019-09-30", "day: 1990-01-01", "cannot be made: the store is registered on 2018-01-15, after the day"),
        ("US: 2018-01-15", "US: 2019-12-31", "2019-12-31"),
        ("US: 2018-01-15", "UK: 2018-01-15", "there is no store `UK`"),
        ("US: 2018-01-15", "US: January", "the day on which US was registered is a calendar day"),
        ("linked_on: 2018-03-01", "link_on: 2018-03-01", "the account in JP has no `link_on`"),
        ("{US: 12.51 USD", "{CA: 12.51 USD", "there is no store of this quote `CA`"),
        ("12.51 USD", "12.51", "the charge in US needs its currency"),
        ("39.9811 USD", "39.9811", "`total` is an amount in USD"),
        ("39.9811 USD", "39.9811 EUR", "`total` is an amount in USD"),
        ("{charges: {US: 12.51 USD, JP: 1532 JPY}, total: 39.9811 USD}", "{}", "a quote expects charges, a total, or"),
        ("home_store: EU", "home_store: CA", "there is no store of this quote `CA`"),
        ("home_store: EU", "linked: perhaps", "`linked` of a quote is true or false"),
        ("home_store: EU", "home: EU", "a quote has no `home`"),
        ("quotes:\n", "cases: []\nquotes:\n", "a table of quotes has no `cases`"),
    ],
)
def test_what_is_wrong_with_a_quote_is_said(policy: Policy, tmp_path: Path, before: str, after: str, said: str) -> None:
    passed, problems = tried(policy, tmp_path, SOUND.replace(before, after, 1))

    assert said in "\n".join(problem.message for problem in problems)
    assert (passed == 0) is (before != "quotes:\n")


def test_two_quotes_of_one_name_are_refused(policy: Policy, tmp_path: Path) -> None:
    _, (problem,) = tried(policy, tmp_path, SOUND + SOUND.partition("\n")[2])

    assert problem.message == "there is a case `three regions share the cap` already, in tests/quotes.yaml:2:5"
