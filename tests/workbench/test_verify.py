"""What is proved of the rules, what is refuted and by what, and what can only be tested."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from linkedaccounts.policy.load import compiled
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.policy.read import read
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.workbench.verdict import Proof, Verdict
from linkedaccounts.workbench.verify import verify
from tests.policy.rule_files import RULES, copy_of_rules, found, put

rate_book = cache(packaged_rate_book)

SAYS = "    reason: TEST\n    message: {en: A test., zh-CN: 测试。}\n"
LINKED = "a-linked-seller-never-pays-more-than-unlinked"
ORDER = "the-order-of-files-and-rules-changes-nothing"


def verdicts(rules: Path) -> dict[str, Verdict]:
    files, problems = read(rules)
    assert not problems
    verification = verify(compiled(files), rate_book(), quotes=40)
    assert verification.holds == all(verdict.proof is not Proof.REFUTED for verdict in verification.verdicts)
    return {verdict.invariant.id: verdict for verdict in verification.verdicts}


def with_rule(tmp_path: Path, decision: str, *lines: str) -> Path:
    rules = copy_of_rules(tmp_path)
    stated = "\n".join(f"    {line}" for line in lines)
    put(rules, "more.yaml", f"rules_of: {decision}\nrules:\n  - id: another\n{stated}\n{SAYS}")
    return rules


def test_all_that_the_rules_must_keep_is_proved_but_for_the_order_of_files_which_is_tried() -> None:
    said = verdicts(RULES)

    assert said.pop(ORDER).proof is Proof.TESTED
    assert len(said) == 13
    assert {verdict.proof for verdict in said.values()} == {Proof.PROVED}


def test_a_rule_that_breaks_an_invariant_refutes_it_with_a_case_of_what_it_would_do(tmp_path: Path) -> None:
    rules = with_rule(tmp_path, "link", "when: {actor.role: administrator, account.status: active}", "then: allow")

    refuted = verdicts(rules)["what-is-unknown-never-links"]

    assert refuted.proof is Proof.REFUTED
    assert "by rule `another` (more.yaml:3:5)" in refuted.how
    assert "actor.organisation: unknown" in refuted.counterexample
    assert refuted.counterexample.endswith("expect: another")
    (problem,) = (problem for problem in found(rules) if problem.code == "breaks-invariant")
    assert problem.counterexample == refuted.counterexample


@pytest.mark.parametrize(
    "decision, when",
    [
        pytest.param("charging", "{seller.linked: false, store.code: [US, EU]}", id="charging"),
        pytest.param(
            "charging",
            "{seller.linked: false, store.home: true, store.registered_on: {from: 2019-01-01}, store.suspended: true}",
            id="few",
        ),
        pytest.param(
            "reductions", "{store.first_month: false, seller.store_count: 1, store.code: JP}", id="reductions"
        ),
    ],
)
def test_an_offer_to_unlinked_sellers_is_refuted_with_the_two_quotes(tmp_path: Path, decision: str, when: str) -> None:
    order = ["order: 1"] if decision == "reductions" else []
    rules = with_rule(tmp_path, decision, f"when: {when}", "then: charge_nothing", *order)

    refuted = verdicts(rules)[LINKED]

    assert refuted.proof is Proof.REFUTED
    linked, _, unlinked = refuted.counterexample.split("\n")
    assert linked.startswith("linked-accounts quote ")
    assert "--unlinked" in unlinked
    assert "--unlinked" not in linked


def test_what_no_quote_refutes_and_no_region_proves_is_said_to_be_tested_only(tmp_path: Path) -> None:
    first = "overrides: [plan-share, first-month-in-full]"
    share = "then: {share_plan: international-selling}"
    rules = with_rule(tmp_path, "charging", "when: {seller.store_count: {at_least: 3}}", share, first)

    said = verdicts(rules)

    assert said[LINKED].proof is Proof.TESTED
    assert said[LINKED].how == "with 80 quotes; not proved where seller.store_count at_least 3"
    assert said["the-discounted-total-never-exceeds-the-cap"].proof is Proof.PROVED


def test_an_offer_to_all_sellers_is_proved_to_leave_the_linked_ones_no_worse(tmp_path: Path) -> None:
    half = "then: {reduce_by_percentage: 50}"
    rules = with_rule(
        tmp_path, "reductions", "when: {store.months_since_registration: {less_than: 6}}", half, "order: 1"
    )

    assert verdicts(rules)[LINKED].proof is Proof.PROVED


def test_files_with_other_errors_are_not_verified(tmp_path: Path) -> None:
    rules = with_rule(tmp_path, "link", "when: {actor.rule: administrator}", "then: allow")
    with pytest.raises(PolicyRejected, match=r"did you mean `actor\.role`"):
        verdicts(rules)
