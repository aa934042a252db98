from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from linkedaccounts.policy.load import load_policy
from tests.policy.rule_files import RULES, copy_of_rules, put, replace

REASON = """\
different in link (1 region) ({old} → {new})

link
  refused as before, for other reasons
    where  account.status suspended
    before refuse_as_not_possible ACCOUNT_SUSPENDED, by account-suspended
    after  refuse_as_not_possible SUSPENDED_FOR_NOW, by account-suspended
    as a case in `tests`:
      cases_of: link
      cases:
        - name: account-suspended as before
          facts: {{account.in_group: false, account.status: suspended, account.store_shared: false, \
action.account_count: 2, actor.organisation: owner, actor.role: administrator}}
          expect: account-suspended
"""
CAPPED = "split: by_standard_fee}"


def compare(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["policy", "compare", *map(str, arguments)])


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return copy_of_rules(tmp_path)


def with_another_reason(rules: Path) -> Path:
    replace(rules, "eligibility/link.yaml", "reason: ACCOUNT_SUSPENDED", "reason: SUSPENDED_FOR_NOW")
    return rules


def with_a_higher_cap(rules: Path) -> Path:
    replace(rules, "fees/plans.yaml", CAPPED, CAPPED + "\n      - {from: 2026-10-01, cap: 45 USD, split: equally}")
    return rules


def with_a_reduction(rules: Path) -> Path:
    rule = "{id: half, order: 1, when: {store.code: BR}, then: {reduce_by_percentage: 50}, reason: HALF, "
    put(rules, "fees/half.yaml", f"rules_of: reductions\nrules:\n  - {rule}message: {{en: Half., zh-CN: 一半。}}}}\n")
    (rules / "tests" / "reductions.yaml").unlink()
    return rules


def test_equal_rules_are_equal_in_a_line(rules: Path) -> None:
    result = compare(RULES, rules, "--exit-code")
    assert result.exit_code == 0
    assert result.output.startswith("equal (")
    assert result.output.count("\n") == 1


def test_a_difference_reads_as_where_before_after_and_a_case(rules: Path) -> None:
    result = compare(RULES, with_another_reason(rules))
    versions = {"old": load_policy(RULES).version[:12], "new": load_policy(rules).version[:12]}
    assert result.exit_code == 0
    assert result.output == REASON.format(**versions)


def test_the_case_of_a_difference_passes_where_it_is_put(rules: Path) -> None:
    output = compare(RULES, with_a_reduction(rules)).output
    case = output[output.index("      cases_of:") :]
    put(rules, "tests/half.yaml", "\n".join(line[6:] for line in case.splitlines()))
    assert load_policy(rules).cases_passed == load_policy(RULES).cases_passed


def test_what_a_seller_pays_is_shown_store_by_store_and_in_all(rules: Path) -> None:
    lines = compare(RULES, with_a_higher_cap(rules)).output.splitlines()
    capped = "  plan international-selling, cap: 39.99 USD → 45.00 USD from 2026-10-01 on: +5.01 USD a month at most"
    assert lines[3] == f"{capped} (dearer)"
    assert lines[4] == "    e.g.   a linked seller in all 11 stores, registered 2025-10-30, pays on 2026-10-30:"
    assert lines[-2].split() == ["in", "all", "39.9639", "USD", "→", "44.9721", "USD", "+5.0083"]
    assert lines[-1] == "  plan international-selling, split: by_standard_fee → equally from 2026-10-01 on"


def test_other_words_are_listed_and_no_difference_to_a_program(rules: Path) -> None:
    replace(rules, "catalogue/stores.yaml", "en: Japan", "en: Nippon")
    result = compare(RULES, rules, "--exit-code")
    assert result.exit_code == 0
    assert result.output.startswith("equal in all that is decided and charged; said in other words")
    assert "store JP, name in en: “Japan” → “Nippon”" in result.output


def test_with_exit_code_a_difference_ends_with_1(rules: Path) -> None:
    assert compare(RULES, with_another_reason(rules), "--exit-code").exit_code == 1


def test_programs_get_all_of_it_with_exact_amounts(rules: Path) -> None:
    found = json.loads(compare(RULES, with_a_higher_cap(with_another_reason(rules)), "--format", "json").output)
    cap = next(value for value in found["catalogue"] if value["field"] == "cap")
    (link,) = found["decisions"]
    assert found["equal"] is False
    assert (cap["from"], cap["through"], cap["by"]) == ("2026-10-01", None, {"amount": "5.01", "currency": "USD"})
    assert cap["quoted"]["total"]["before"]["amount"].partition("/")[2]
    assert link["differences"][0]["where"] == [{"account.status": "suspended"}]
    assert link["differences"][0]["example"]["after"] == ["account-suspended"]


def test_the_description_of_a_change_gets_markdown(rules: Path) -> None:
    output = compare(RULES, with_a_reduction(rules), "--format", "markdown").output
    assert output.startswith("**Rules:** different in reductions (1 region; cheaper)")
    assert "- **cheaper** where\n  - `store.code BR`" in output
    assert "\n  | store | before | after | |\n" in output
    assert "\n  ```yaml\n  cases_of: reductions\n" in output


def test_rules_with_problems_are_not_compared_and_every_problem_is_listed(rules: Path) -> None:
    replace(rules, "fees/charging.yaml", "store.first_month: true", "store.first_mouth: true")
    result = compare(RULES, rules)
    assert result.exit_code == 2
    assert f"{rules} cannot be compared: 1 problem in the rule files" in result.stderr
    assert "did you mean `store.first_month`?" in result.stderr


def test_old_rules_may_be_those_of_a_revision(rules: Path) -> None:
    git = ["git", "-C", str(rules.parent), "-c", "user.name=an editor", "-c", "user.email=editor@example.com"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "before"]):
        subprocess.run([*git, *arguments], check=True)
    with_another_reason(rules)
    assert compare("--against", "HEAD", rules).output == compare(RULES, rules).output
    unknown = compare("--against", "no-such-branch", rules)
    assert unknown.exit_code == 2
    assert "has a revision `no-such-branch`" in unknown.stderr


@pytest.mark.parametrize("arguments", [(), (RULES,), (RULES, RULES, "--against", "HEAD")])
def test_other_than_two_sides_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert compare(*arguments).exit_code == 2
