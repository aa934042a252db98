"""An explanation held against the engine, and each condition in it against the rule file's own words."""

from __future__ import annotations

import random

import pytest

from linkedaccounts.policy.condition import holds
from linkedaccounts.policy.explanation import Combined, Explained, ExplainedTest, Explanation, explain_decision
from linkedaccounts.policy.model import FactValue
from linkedaccounts.policy.vocabulary import encode
from tests.policy.random_eligibility import eligibility, link_space
from tests.policy.random_policies import Drawn, admitted, charging_space, drawn, random_facts


@pytest.mark.parametrize("seed", range(30))
def test_the_rules_that_an_explanation_says_applied_are_the_engine_s(seed: int) -> None:
    chance = random.Random(f"explained {seed}")
    for decision, space in ((drawn(chance).decision, charging_space()), (eligibility(chance), link_space())):
        facts = random_facts(chance, space.facts)
        explanation = explain_decision(decision, facts)

        assert explanation.rules == decision.decide(facts)
        others = {explained.rule.id for explained in explanation.not_applied}
        assert others == {rule.id for rule in decision.rules} - {rule.id for rule in explanation.rules}
        assert explanation.by_otherwise == (decision.otherwise in explanation.rules)


@pytest.mark.parametrize("seed", range(30))
def test_every_condition_in_it_holds_or_fails_as_the_rule_file_says(seed: int) -> None:
    chance = random.Random(f"conditions {seed}")
    policy = drawn(chance)
    for _ in range(5):
        facts = random_facts(chance, charging_space().facts)
        explanation = explain_decision(policy.decision, facts)
        for explained in (*explanation.applied, *explanation.not_applied):
            if explained.condition is None or explained.rule.condition is None:
                assert (explained.condition, explained.rule.condition) == (None, None)
                continue
            assert_true_to(explained.condition, policy, facts)
            assert explained.condition.held is holds(explained.rule.condition, policy.decision.encoded(facts))
        assert_why_not(explanation)


def assert_true_to(condition: Explained, policy: Drawn, facts: dict[str, FactValue]) -> None:
    """Asserts that each test says what the file wants at its place, what was, and what that comes to."""
    if isinstance(condition, ExplainedTest):
        fact, wanted = policy.author.tests[condition.test.place]
        value = facts.get(fact)
        assert (condition.test.fact, condition.actual) == (fact, encode(value))
        assert condition.held is (None if value is None else admitted(value, wanted))
        return
    for part in condition.parts:
        assert_true_to(part, policy, facts)
    assert condition.held is combined(condition)


def combined(condition: Combined) -> bool | None:
    """What the parts come to together, by the tables of Kleene."""
    rank = {False: 0, None: 1, True: 2}
    held = sorted((part.held for part in condition.parts), key=lambda part: rank[part])
    if condition.how == "not":
        (part,) = held
        return None if part is None else not part
    return held[0] if condition.how == "all" else held[-1]


def assert_why_not(explanation: Explanation) -> None:
    """Asserts that every rule that did not apply failed a condition, or held and lost to one that applied."""
    for explained in explanation.not_applied:
        held = explained.condition is None or explained.condition.held is True
        assert held == bool(explained.lost_to) != bool(explained.failed)
        assert not explained.lost_to or explained.lost_to in {rule.id for rule in explanation.rules}
        assert all(failure.actual not in failure.admits for failure in explained.failed)
