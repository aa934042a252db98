"""Many rules at once: durable-rules has tables of fixed size, which no policy and no fact may exhaust.

A node of its network with more than 512 branches hangs the engine, facts with more than 64 branches pending are error
303, more than 256 equal conditions error 108: so rules are spread over rulesets.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from linkedaccounts.domain.effects import ChargedNothing
from linkedaccounts.policy.compile import BRANCHES_A_FACT, RULES_A_SET, Term, rulesets
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.model import FactValue
from tests.policy.random_policies import Author, Raw, a_rule, charging_space, random_facts, sound_condition

STORES = ("US", "CA", "MX", "BR", "EU", "JP")


def collected(raws: list[Raw]) -> Decision:
    """A decision that collects one rule for each condition."""
    space, author = charging_space(), Author()
    conditions = [None if raw is None else author.condition(raw, space) for raw in raws]
    rules = [a_rule(f"rule-{n}", ChargedNothing(), condition, frozenset(), n) for n, condition in enumerate(conditions)]
    return Decision(DECISIONS["reductions"], rules, None, space)


@pytest.mark.parametrize(
    "raws",
    [
        pytest.param([{"seller.store_count": {"at_least": n}} for n in range(600)], id="600 thresholds of one fact"),
        pytest.param([{"seller.store_count": {"not": n + 2000}} for n in range(600)], id="600 exceptions of one fact"),
        pytest.param([{"seller.linked": True}] * 600, id="one condition 600 times"),
        pytest.param([None] * 600, id="600 rules without a condition"),
        pytest.param(
            [{"store.code": STORES[n % 6], "seller.store_count": {"at_most": 5000 - n}} for n in range(1200)],
            id="200 thresholds in each of six stores",
        ),
        pytest.param(
            [{"store.code": "US"}] * 90 + [{"store.active_listings": {"at_least": n}} for n in range(90)],
            id="rules of a store and rules of all",
        ),
    ],
)
def test_a_fact_may_meet_as_many_rules_as_there_are(raws: list[Raw]) -> None:
    decision = collected(raws)
    facts: dict[str, FactValue] = {
        "store.code": "US",
        "seller.store_count": 1000,
        "seller.linked": True,
        "store.active_listings": 1000,
    }

    assert decision.decide(facts) == decision.evaluate(facts)
    assert len(decision.decide(facts)) >= len(raws) // 6


@pytest.mark.parametrize("seed", range(5))
def test_hundreds_of_random_rules_are_decided_as_they_are_evaluated(seed: int) -> None:
    chance, author = random.Random(seed), Author()
    raws = [sound_condition(chance, author, charging_space(), depth=1)[0] for _ in range(300)]
    decision = collected(raws)
    for _ in range(20):
        facts = random_facts(chance, charging_space().facts)

        assert decision.decide(facts) == decision.evaluate(facts)


def test_a_rule_of_many_alternatives_is_one_rule() -> None:
    spans = [{"seller.store_count": {"between": [10 * n, 10 * n + 5]}} for n in range(250)]
    decision = collected([{"any": spans}])

    assert [len(decision.decide({"seller.store_count": count})) for count in (2495, 2496, 5, 6)] == [1, 0, 1, 0]


@pytest.mark.parametrize("seed", range(3))
def test_no_ruleset_holds_more_than_the_engine_takes(seed: int) -> None:
    chance, author = random.Random(seed), Author()
    raws = [sound_condition(chance, author, charging_space(), depth=1)[0] for _ in range(300)]
    raws += [{"store.code": STORES[n % 6], "seller.store_count": n} for n in range(600)]
    decision = collected(raws)
    for ruleset in rulesets(decision.rules, decision.space):
        conjunctions = [rule["all"][0]["m"]["$and"] for rule in ruleset.definition.values()]

        assert len(conjunctions) <= RULES_A_SET
        assert led_to_at_once([terms[0] for terms in conjunctions]) <= BRANCHES_A_FACT


def led_to_at_once(firsts: list[Term]) -> int:
    """How many conjunctions one fact can lead into at the most, by their first terms: it has one value of each."""
    properties = {prop for first in firsts for prop in first if not prop.startswith("$")}
    wanted = [Counter(str(first[prop]) for first in firsts if prop in first) for prop in properties]
    return min((len(firsts) - values.total() + max(values.values()) for values in wanted), default=len(firsts))


def test_a_policy_that_is_no_longer_used_gives_its_memory_back() -> None:
    def memory_after(times: int) -> int:
        """In KB, of which a ruleset takes some 70 for its facts."""
        for _ in range(times):
            assert collected([{"seller.store_count": {"at_least": 2}}]).decide({"seller.store_count": 2})
        return int(Path("/proc/self/status").read_text("ascii").split("VmRSS:")[1].split()[0])

    before = memory_after(20)
    assert memory_after(200) - before < 200 * 20
