"""Where a rule decides, held against the engine: facts inside its region make it decide, facts of another's do not."""

from __future__ import annotations

import random

import pytest

from linkedaccounts.domain.effects import ChargedNothing, ChargedOnce, PlanShare
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.outcomes import Outcome, outcomes
from linkedaccounts.policy.regions import TooComplex, inside
from linkedaccounts.policy.wording import box_words, case_words, effect_words, region_words
from tests.policy.random_policies import drawn, facts_that_occur
from tests.policy.rule_files import RULES


@pytest.mark.parametrize("seed", range(60))
def test_the_rules_in_whose_regions_facts_lie_are_those_that_decide(seed: int) -> None:
    chance = random.Random(f"outcomes {seed}")
    decision = drawn(chance).decision
    try:
        found = outcomes(decision)
    except TooComplex:
        return
    for _ in range(30):
        facts = facts_that_occur(chance, decision)
        lying = {outcome.rule.id for outcome in found if any(inside(box, facts) for box in outcome.boxes)}

        assert lying == {rule.id for rule in decision.decide(facts)}, facts


@pytest.mark.parametrize("name", DECISIONS)
def test_every_rule_that_is_in_force_decides_somewhere(name: str) -> None:
    decision = load_policy(RULES).decisions[name]
    for outcome in outcomes(decision):
        example = decision.space.example(outcome.boxes[0])

        assert example is not None
        assert outcome.rule in decision.decide(example)


def test_a_region_reads_as_a_rule_file_does() -> None:
    decision = load_policy(RULES).decisions["charging"]
    by_rule: dict[str, Outcome] = {outcome.rule.id: outcome for outcome in outcomes(decision)}
    share, other = by_rule["plan-share"], by_rule["standard-fee"]

    assert region_words(share.boxes, decision.space.facts) == (
        "seller.linked true and seller.store_count at_least 2 and store.first_month false"
    )
    assert "seller.linked false" in region_words(other.boxes, decision.space.facts)
    assert box_words({}, decision.space.facts) == "any facts"
    assert case_words("a case", {"seller.linked": True, "store.code": "US"}, decision.space.facts, ["plan-share"]) == (
        "  - name: a case\n    facts: {seller.linked: true, store.code: US}\n    expect: plan-share"
    )


def test_an_effect_reads_as_a_rule_file_says_it() -> None:
    effects = ChargedNothing(), PlanShare("a-plan"), ChargedOnce(("home", "highest_fee"))

    assert [effect_words(effect) for effect in effects] == [
        "charge_nothing",
        "share_plan: a-plan",
        "charge_once: {on: [home, highest_fee]}",
    ]
