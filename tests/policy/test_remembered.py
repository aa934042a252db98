"""What is remembered is what would be found: a decision keeps answers, and never one for facts that it tells apart."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from linkedaccounts.domain.effects import ChargedNothing
from linkedaccounts.policy import remembered
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.remembered import Memory
from tests.policy.random_policies import A_DAY, Author, Raw, a_rule, charging_space, drawn, random_facts


@pytest.mark.parametrize("most", [1, 7, 10_000])
def test_a_decision_that_remembers_answers_as_its_conditions_do(most: int) -> None:
    memory = Memory(most)
    for number in range(60):
        chance = random.Random(f"remembered {number}")
        decision = drawn(chance).decision
        decision.remember(memory)
        questions = [random_facts(chance, charging_space().facts) for _ in range(40)]
        for facts in questions + questions:
            assert decision.decide(facts) == decision.evaluate(facts), (number, facts)

    assert memory.hits + memory.misses == 60 * 80
    assert memory.hits > 60 * 40 or most < 100


def remembering(*raws: Raw) -> tuple[Decision, Memory]:
    """A decision that collects one rule for each condition, and remembers."""
    space, author, memory = charging_space(), Author(), Memory()
    conditions = [author.condition(raw, space) for raw in raws]
    rules = [a_rule(f"rule-{n}", ChargedNothing(), condition, frozenset(), n) for n, condition in enumerate(conditions)]
    decision = Decision(DECISIONS["reductions"], rules, None, space)
    decision.remember(memory)
    return decision, memory


def test_days_between_two_thresholds_are_one_question() -> None:
    decision, memory = remembering(
        {"store.registered_on": {"before": A_DAY}}, {"store.registered_on": {"after": A_DAY}}
    )
    days = [A_DAY + timedelta(days) for days in range(-1000, 1000)]
    answers = [[rule.id for rule in decision.decide({"store.registered_on": day})] for day in days]

    assert answers == [["rule-0"]] * 1000 + [[]] + [["rule-1"]] * 999
    assert memory.misses == 3


def test_what_no_open_rule_looks_at_is_not_looked_at() -> None:
    decision, memory = remembering({"store.code": "US", "seller.store_count": {"at_least": 2}, "seller.linked": True})
    for store in ("CA", "MX", "BR"):
        for count in range(100):
            assert decision.decide({"store.code": store, "seller.store_count": count, "seller.linked": True}) == ()

    assert memory.misses == 1


def test_an_unknown_fact_is_not_taken_for_any_value() -> None:
    decision, _ = remembering({"store.registered_on": {"not": A_DAY}}, {"store.selling_plan": {"not": "individual"}})
    other_day = A_DAY + timedelta(1)
    for _ in range(2):
        assert decision.decide({}) == ()
        assert len(decision.decide({"store.registered_on": other_day, "store.selling_plan": "professional"})) == 2


def test_a_memory_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "ROOM", 0)
    monkeypatch.setattr(remembered, "ROOM_A_BOX", 1)
    decision, memory = remembering(*({"seller.store_count": n} for n in range(100)))
    for count in range(1000):
        assert len(decision.decide({"seller.store_count": count % 100})) == 1

    assert memory.misses == 1000
