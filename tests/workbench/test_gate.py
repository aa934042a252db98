"""What goes through the gate serves; what breaks a promise about whole quotes does not, though every rule is sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.workbench.gate import admitted
from tests.policy.rule_files import RULES, copy_of_rules, put

AN_OFFER_TO_UNLINKED_SELLERS = """\
rules_of: reductions
rules:
  - id: free-for-unlinked-sellers
    order: 1
    when: {seller.linked: false}
    then: charge_nothing
    reason: OFFER
    message: {en: "Free.", zh-CN: "免费。"}
"""


def test_the_rules_of_the_service_go_through() -> None:
    assert admitted(RULES, packaged_rate_book()).version == load_policy(RULES).version


def test_an_offer_that_makes_linking_dearer_is_stopped_with_quotes_that_show_it(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    put(rules, "fees/offer.yaml", AN_OFFER_TO_UNLINKED_SELLERS)
    with pytest.raises(PolicyRejected) as stopped:
        admitted(rules, packaged_rate_book())

    (problem,) = (problem for problem in stopped.value.problems if problem.code == "invariant-refuted")
    assert problem.place.file == "invariants.yaml"
    assert "a-linked-seller-never-pays-more-than-unlinked" in problem.message
    assert "linked-accounts quote" in problem.counterexample
