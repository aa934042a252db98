"""What is remembered is what would be found: a decision keeps answers, and never one for facts that it tells apart."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from linkedaccounts.policy.condition import FactTest
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.remembered import Distinctions, Memory
from linkedaccounts.policy.values import HIGHEST, Members, Spans
from tests.policy.random_policies import charging_space, drawn, random_facts

DAY = date(2019, 9, 30)
SINCE = FactTest("quote.day", Spans(((DAY.toordinal(), HIGHEST),)), "from 2019-09-30", Place("a.yaml"))
AT_HOME = FactTest("store.home", Members(frozenset({True})), "true", Place("a.yaml"))


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


def test_facts_that_no_condition_tells_apart_are_asked_of_the_engine_once() -> None:
    seen = Distinctions([SINCE, AT_HOME])
    on = [seen({"quote.day": DAY + timedelta(days), "store.home": True, "store.code": f"{days}"}) for days in range(9)]

    assert len(set(on)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"quote.day": DAY - timedelta(1), "store.home": True},
        {"quote.day": DAY, "store.home": False},
        {"quote.day": DAY, "store.home": None},
        {"store.home": True},
    ],
)
def test_facts_that_a_condition_tells_apart_are_kept_apart(other: dict[str, date | bool | None]) -> None:
    seen = Distinctions([SINCE, AT_HOME])

    assert seen(other) != seen({"quote.day": DAY, "store.home": True})
