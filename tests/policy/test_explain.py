"""Why a rule did not apply: the conditions that failed, which do fail, or the rule that won, which does override it."""

from __future__ import annotations

import random

import pytest

from linkedaccounts.policy.explain import not_applied
from linkedaccounts.policy.model import FactValue, FailedCondition, NotApplied
from linkedaccounts.policy.vocabulary import decode, encode
from tests.policy.random_policies import Drawn, admitted, charging_space, drawn, random_facts


@pytest.mark.parametrize("seed", range(100))
def test_every_rule_applied_or_is_explained(seed: int) -> None:
    chance = random.Random(seed)
    policy = drawn(chance)
    for _ in range(20):
        facts = random_facts(chance, charging_space().facts)
        applied = policy.decision.decide(facts)
        explained = not_applied(policy.decision, facts, applied)

        ids = {rule.id for rule in applied}
        assert {other.rule.id for other in explained} == policy.raws.keys() - ids
        for other in explained:
            assert is_true(other, policy, facts, ids)


def is_true(other: NotApplied, policy: Drawn, facts: dict[str, FactValue], applied: set[str]) -> bool:
    if other.overridden_by:
        return other.overridden_by in applied and policy.beats(other.overridden_by, other.rule.id) and not other.failed
    return bool(other.failed) and all(fails(failed, policy, facts) for failed in other.failed)


def fails(failed: FailedCondition, policy: Drawn, facts: dict[str, FactValue]) -> bool:
    """Whether the test at a failed condition's place fails for the facts, and the actual value is the fact's."""
    fact, wanted = policy.author.tests[failed.place]
    value = facts.get(fact)
    said = decode(encode(value), charging_space().facts[fact].type)
    held = None if value is None else admitted(value, wanted)
    wrong = held is not True or failed.wanted.startswith("not ")
    return wrong and fact == failed.fact and said == failed.actual
