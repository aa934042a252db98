"""Several threads may ask one policy at once: each gets the answer to its own facts."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.load import load_policy
from tests.policy.random_policies import random_facts
from tests.policy.rule_files import RULES

THREADS = 8
QUESTIONS = 400


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads that give way to one another as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("eager_threads")
@pytest.mark.parametrize("name", ["register", "details", "charging", "link"])
def test_eight_threads_at_once_get_the_answers_of_the_conditions_as_written(name: str) -> None:
    decision = load_policy(RULES).decisions[name]
    together = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        asked = [pool.submit(wrong_answers, decision, together, seed) for seed in range(THREADS)]

        assert [each.result() for each in asked] == [[]] * THREADS


def wrong_answers(decision: Decision, together: Barrier, seed: int) -> list[object]:
    """The random facts of which the engine says anything but what the conditions say; what it raises ends the test."""
    chance = random.Random(seed)
    questions = [random_facts(chance, decision.space.facts) for _ in range(QUESTIONS)]
    expected = [decision.evaluate(facts) for facts in questions]
    together.wait()
    answers = [decision.decide(facts) for facts in questions]
    return [facts for facts, answer, right in zip(questions, answers, expected, strict=True) if answer != right]
