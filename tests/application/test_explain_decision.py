"""Facts as a caller of the service states them: completed, or refused with every problem at once."""

from __future__ import annotations

import pytest

from linkedaccounts.application.explain_decision import ExplainDecision, Explained
from linkedaccounts.application.refusals import InvalidRequest
from linkedaccounts.policy.policy import Policy


def explained(policy: Policy, decision: str | None, stated: dict[str, str | bool | int]) -> Explained:
    return ExplainDecision(lambda: policy)(decision, stated)


def refused(policy: Policy, decision: str | None, stated: dict[str, str | bool | int]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as invalid:
        explained(policy, decision, stated)
    return sorted((problem.field, problem.reason) for problem in invalid.value.problems)


def test_the_catalogue_says_what_the_caller_does_not(policy: Policy) -> None:
    answer = explained(policy, "charging", {"store.code": "JP", "quote.day": "2019-09-30", "seller.linked": True})
    (explanation,) = answer.explanations

    assert answer.policy_version == policy.version
    assert (explanation.facts["store.currency"], explanation.facts["seller.store_count"]) == ("JPY", 0)
    assert [rule.id for rule in explanation.rules] == ["standard-fee"]


def test_every_fact_that_cannot_be_is_named_with_its_path(policy: Policy) -> None:
    stated: dict[str, str | bool | int] = {
        "store.code": "XX",
        "store.currency": "XXX",
        "store.standard_fee": "39,99",
        "store.registered_on": "2019-02-30",
        "store.active_listings": -1,
        "store.selling_plan": "7",
        "seller.linked": True,
    }

    assert refused(policy, "charging", stated) == [
        ("charging.store.active_listings", "FACT_NEGATIVE"),
        ("charging.store.code", "FACT_VALUE_UNKNOWN"),
        ("charging.store.currency", "FACT_VALUE_UNKNOWN"),
        ("charging.store.registered_on", "DAY_INVALID"),
        ("charging.store.selling_plan", "FACT_VALUE_UNKNOWN"),
        ("charging.store.standard_fee", "FACT_NOT_DECIMAL"),
    ]


def test_facts_that_the_catalogue_has_otherwise_are_refused_together(policy: Policy) -> None:
    stated: dict[str, str | bool | int] = {"account.store": "SG", "action.day": "2019-09-30"}

    assert refused(policy, "link", stated) == [("link", "FACTS_IMPOSSIBLE")]


def test_something_must_be_asked(policy: Policy) -> None:
    assert refused(policy, None, {}) == [("subject", "SUBJECT_REQUIRED")]
