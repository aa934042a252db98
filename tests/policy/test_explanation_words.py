"""Explanations as they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.explanation import explain_decision
from linkedaccounts.policy.explanation_words import MOST_TOLD, as_text, outline
from linkedaccounts.policy.given_facts import completed
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.values import Encoded
from tests.policy.random_policies import A_DAY
from tests.policy.rule_files import RULES, copy_of_rules, put

LINK: dict[str, Encoded] = {"action.day": A_DAY.toordinal(), "action.account_count": 2, "account.status": "active"}
AGENT: dict[str, Encoded] = {**LINK, "actor.role": "member", "actor.organisation": "web_agency"}
TANGLED = """\
rules_of: reductions
rules:
  - id: tangled
    order: 1
    when:
      any:
        - {seller.linked: true, store.code: {not: EU}}
        - not: {any: [{store.code: US}, {store.selling_plan: professional}]}
      not: {quote.estimate: true}
    then: {reduce_by_percentage: 50}
    reason: TANGLED
    message: {en: "Half price.", zh-CN: "半价。"}
"""


def kept(name: str, language: str) -> str:
    return (Path(__file__).parent / "explanations" / f"{name}-{language}.txt").read_text("utf-8").rstrip("\n")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(RULES)


@pytest.fixture(scope="module")
def tangled(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """The policy with one more rule, of conditions within conditions."""
    rules = copy_of_rules(tmp_path_factory.mktemp("tangled"))
    put(rules, "fees/tangled.yaml", TANGLED)
    put(rules, "tests/reductions.yaml", "cases_of: reductions\ncases: []\n")
    return load_policy(rules)


def told(policy: Policy, decision: str, facts: dict[str, Encoded], language: str = "en") -> str:
    asked = policy.decisions[decision]
    return as_text(outline(explain_decision(asked, completed(facts, asked)), policy.catalogue, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_told_with_its_reasons_and_what_would_change_it(policy: Policy, language: str) -> None:
    assert told(policy, "link", {**AGENT, "account.store": "EU"}, language) == kept("refused", language)


def test_what_is_not_known_is_marked_as_such_and_otherwise_named(policy: Policy) -> None:
    lines = told(policy, "link", {**LINK, "actor.organisation": "owner"}).splitlines()

    assert "Why: no rule matches, so this holds" in lines
    assert "    ? role on the account: not known (the rule wants: administrator)  [eligibility/link.yaml:12]" in lines
    assert lines[-1].endswith(
        "role on the account: administrator instead of not known → yes (administrator-of-the-owner-links)"
    )


def test_a_rule_that_lost_says_to_which(policy: Policy) -> None:
    facts: dict[str, Encoded] = {"store.code": "JP", "session.minutes_since_sign_in": 61}

    assert "its conditions hold, but session-too-old goes before it" in told(policy, "fresh_sign_in", facts)


def test_a_collection_says_what_would_come_and_what_would_go(policy: Policy) -> None:
    lines = told(policy, "details", {"store.code": "JP", "action.day": A_DAY.toordinal()}).splitlines()

    assert (
        "  kind of business: a person instead of not known → also date of birth (ask-individuals-for-date-of-birth)"
        in lines
    )
    assert "  accounts linked: yes instead of no → no longer contact e-mail address (ask-newcomers-for-e-mail)" in lines
    assert len(lines[lines.index("What would change it") :]) <= MOST_TOLD + 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("linked", [True, False])
def test_conditions_within_conditions_are_told_level_by_level(tangled: Policy, language: str, linked: bool) -> None:
    facts: dict[str, Encoded] = {"store.code": "US", "quote.day": A_DAY.toordinal(), "seller.linked": linked}

    assert told(tangled, "reductions", facts, language) == kept("linked" if linked else "unlinked", language)
