"""The engine against two other readings of the same rules.

``Decision.decide`` asks durable-rules, ``Decision.evaluate`` walks the checked conditions, and ``Drawn.expected`` reads
the conditions as a rule file has them. On random policies and random facts, complete and incomplete, all three agree.
"""

from __future__ import annotations

import os
import random

import pytest

from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.load import load_policy
from tests.policy.random_policies import Drawn, charging_space, drawn, random_facts
from tests.policy.rule_files import RULES

FACTS_A_POLICY = 40
FACTS_A_DECISION = 500


def test_the_engine_agrees_with_the_pure_evaluator_on_random_policies() -> None:
    """At least 10,000 pairs of policy and facts in every run.

    LINKED_ACCOUNTS_ORACLE_PAIRS=1000000 asks for more of them, LINKED_ACCOUNTS_ORACLE_SEED=7 for others. The seed is
    printed; a failure names it and the number of the policy, which together give the same draw again.
    """
    pairs = int(os.environ.get("LINKED_ACCOUNTS_ORACLE_PAIRS", "10000"))
    seed = os.environ.get("LINKED_ACCOUNTS_ORACLE_SEED", "2019-09-30")
    print(f"seed {seed}, {pairs} pairs")  # noqa: T201 - pytest shows it with -s, and with a failure
    applied = 0
    for number in range(-(-pairs // FACTS_A_POLICY)):
        chance = random.Random(f"{seed} {number}")
        policy = drawn(chance)
        applied += sum(agrees(policy, chance, f"seed {seed}, policy {number}") for _ in range(FACTS_A_POLICY))

    # A draw in which hardly any rule matched would show nothing.
    assert applied > pairs // 5


def agrees(policy: Drawn, chance: random.Random, draw: str) -> bool:
    """Asserts that the three readings agree; says whether any rule applied."""
    facts = random_facts(chance, charging_space().facts)
    decided = [rule.id for rule in policy.decision.decide(facts)]

    assert decided == [rule.id for rule in policy.decision.evaluate(facts)], (draw, policy.raws, facts)
    assert set(decided) == policy.expected(facts), (draw, policy.raws, facts)
    return bool(policy.raws.keys() & set(decided))


@pytest.mark.parametrize("name", DECISIONS)
def test_the_engine_agrees_with_the_pure_evaluator_on_every_decision_of_the_rules(name: str) -> None:
    decision = load_policy(RULES).decisions[name]
    chance = random.Random(name)
    for _ in range(FACTS_A_DECISION):
        facts = random_facts(chance, decision.space.facts)

        assert decision.decide(facts) == decision.evaluate(facts), facts
