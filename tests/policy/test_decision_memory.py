"""What was decided is remembered for all facts that no rule tells apart, and never for others."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from linkedaccounts.domain.effects import ChargedNothing
from linkedaccounts.policy import decision_memory
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decision_memory import DecisionMemory
from linkedaccounts.policy.decisions import DECISIONS
from tests.policy.random_policies import A_DAY, Author, Raw, a_rule, charging_space, drawn, random_facts


def collected(*raws: Raw) -> Decision:
    """A decision that collects one rule for each condition."""
    space, author = charging_space(), Author()
    conditions = [author.condition(raw, space) for raw in raws]
    rules = [a_rule(f"rule-{n}", ChargedNothing(), condition, frozenset(), n) for n, condition in enumerate(conditions)]
    return Decision(DECISIONS["reductions"], rules, None, space)


@pytest.mark.parametrize("room", [0, 3, 30, 10_000])
def test_it_answers_as_the_engine_does_whatever_it_has_room_for(room: int) -> None:
    for seed in range(30):
        chance = random.Random(f"{room} {seed}")
        decision = drawn(chance).decision
        boxes = [box for rule in decision.rules for box in decision.space.boxes(rule.condition)]
        memory = DecisionMemory(boxes, decision.space.facts, decision.ask, room)
        asked = [random_facts(chance, charging_space().facts) for _ in range(20)]
        for facts in (*asked, *asked):
            assert memory.decide(facts) == decision.evaluate(facts), (seed, facts)


def test_days_between_two_thresholds_are_one_question() -> None:
    decision = collected({"store.registered_on": {"before": A_DAY}}, {"store.registered_on": {"after": A_DAY}})
    days = [A_DAY + timedelta(days) for days in range(-1000, 1000)]
    answers = [[rule.id for rule in decision.decide({"store.registered_on": day})] for day in days]

    assert answers == [["rule-0"]] * 1000 + [[]] + [["rule-1"]] * 999
    assert decision.memory.asked == 3


def test_what_no_open_rule_looks_at_is_not_looked_at() -> None:
    decision = collected({"store.code": "US", "seller.store_count": {"at_least": 2}, "seller.linked": True})
    for store in ("CA", "MX", "BR"):
        for count in range(100):
            assert decision.decide({"store.code": store, "seller.store_count": count, "seller.linked": True}) == ()

    assert decision.memory.asked == 1


def test_an_unknown_fact_is_not_taken_for_any_value() -> None:
    decision = collected(
        {"store.registered_on": {"not": date(2020, 1, 1)}}, {"store.selling_plan": {"not": "individual"}}
    )
    for _ in range(2):
        assert decision.decide({}) == ()
        assert len(decision.decide({"store.registered_on": A_DAY, "store.selling_plan": "professional"})) == 2


def test_a_full_memory_grows_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision_memory, "ROOM_A_BOX", 1)
    decision = collected(*({"seller.store_count": n} for n in range(100)))
    boxes = [box for rule in decision.rules for box in decision.space.boxes(rule.condition)]
    memory = DecisionMemory(boxes, decision.space.facts, decision.ask, room=10)
    for _ in range(3):
        for count in range(100):
            assert len(memory.decide({"seller.store_count": count})) == 1

    assert memory.asked == 300 - 2 * 9
