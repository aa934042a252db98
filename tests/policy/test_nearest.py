"""The nearest misses, held against the engine: they change the outcome as they say, and nothing smaller does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import pytest

from linkedaccounts.policy import regions
from linkedaccounts.policy.condition import Facts
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import CHOICE, COLLECT
from linkedaccounts.policy.explanation import allowed, explain_decision
from linkedaccounts.policy.given_facts import completed
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.nearest import Change, NearMiss, nearest_misses
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.regions import STORE_FACTS, TooComplex
from linkedaccounts.policy.values import Encoded
from linkedaccounts.policy.vocabulary import ORDERED, FactType, encode
from tests.policy.random_eligibility import eligibility
from tests.policy.random_policies import A_DAY, drawn, facts_that_occur, pool
from tests.policy.rule_files import RULES

CLOSE = 40
"""Up to so far from a value every value is tried; further away those that conditions are drawn with."""


def decision_of(seed: str) -> tuple[random.Random, Decision]:
    chance = random.Random(seed)
    return chance, eligibility(chance) if chance.random() < 0.3 else drawn(chance).decision


def misses_of(decision: Decision, facts: Facts) -> tuple[NearMiss, ...]:
    try:
        return nearest_misses(decision, facts, decision.decide(facts))
    except TooComplex:
        return ()


@pytest.mark.parametrize("complete", [True, False], ids=["complete", "incomplete"])
@pytest.mark.parametrize("seed", range(30))
def test_changing_the_facts_as_a_miss_says_changes_the_outcome_as_it_says(seed: int, complete: bool) -> None:
    chance, decision = decision_of(f"misses {seed}")
    for _ in range(5):
        facts = facts_that_occur(chance, decision, complete=complete)
        applied = decision.decide(facts)
        for miss in misses_of(decision, facts):
            changed = miss.facts(facts)

            assert decision.decide(changed) == miss.rules != applied
            assert decision.space.can_occur(changed)
            assert all(facts.get(change.fact) == change.before != change.after for change in miss.changes)
            assert miss.along == () or {change.fact for change in miss.along} <= set(decision.space.rows[0].facts)


@pytest.mark.parametrize("seed", range(30))
def test_no_smaller_change_of_one_fact_leads_to_the_same_outcome(seed: int) -> None:
    chance, decision = decision_of(f"smaller {seed}")
    facts = facts_that_occur(chance, decision)
    applied = decision.decide(facts)
    told: dict[str, Fraction] = {}
    for miss in misses_of(decision, facts):
        for outcome in reached(decision, applied, miss.rules) if len(miss.changes) == 1 else ():
            told[outcome] = min(
                told.get(outcome, distance(decision, miss.changes[0])), distance(decision, miss.changes[0])
            )
    for change in single_changes(decision, facts) if misses_of(decision, facts) else ():
        for outcome in reached(decision, applied, decision.deciding(with_change(decision, facts, change))):
            assert told[outcome] <= distance(decision, change), (outcome, change)


def reached(decision: Decision, applied: tuple[Rule, ...], rules: tuple[Rule, ...]) -> set[str]:
    """The outcomes that a miss is to tell of, if other rules come to decide."""
    joined = {f"with {rule.id}" for rule in rules if rule not in applied}
    left = {f"without {rule.id}" for rule in applied if rule not in rules and rule != decision.otherwise}
    if decision.form.combine == CHOICE:
        return joined
    if decision.form.combine == COLLECT:
        return joined | left
    if not allowed(decision, applied):
        return left | ({"allowed"} if allowed(decision, rules) else set())
    return joined if not allowed(decision, rules) else set()


def single_changes(decision: Decision, facts: Facts) -> Iterator[Change]:
    """Changes of one fact to every value, or every value that is close or that conditions are drawn with."""
    tied = {*decision.space.rows[0].facts} - {*STORE_FACTS}
    for path, fact in decision.space.facts.items():
        before = facts.get(path)
        values = {encode(value) for value in pool(fact)}
        if fact.type in ORDERED:
            near = {int(value or 0) + step for value in (*values, before) for step in range(-CLOSE, CLOSE + 1)}
            values |= {value for value in near if value in fact.known and value <= 10**18}
        for after in sorted(values, key=str) if path not in tied else ():
            if after is not None and after != before:
                yield Change(path, before, after)


def with_change(decision: Decision, facts: Facts, change: Change) -> Facts:
    """The facts with the change, and with what the catalogue says then; the same facts if it has no such store then."""
    changed = {**facts, change.fact: change.after}
    catalogued = decision.space.catalogued(changed)
    return {**changed, **catalogued} if catalogued else facts


def distance(decision: Decision, change: Change) -> Fraction:
    kind = decision.space.facts[change.fact].type
    if change.before is None or kind not in ORDERED:
        return Fraction(1)
    steps = abs(int(change.after) - int(change.before))
    return Fraction(steps, 10**9 if kind is FactType.DECIMAL else 1)


@cache
def the_rules() -> Policy:
    return load_policy(RULES)


def asked(name: str, **stated: Encoded) -> tuple[Decision, Facts]:
    """A decision of the rules on facts stated with `__` for a dot."""
    decision = the_rules().decisions[name]
    return decision, completed({path.replace("__", "."): value for path, value in stated.items()}, decision)


def said(misses: tuple[NearMiss, ...]) -> list[tuple[dict[str, object], list[str]]]:
    return [
        ({change.fact: change.after for change in miss.changes}, [rule.id for rule in miss.rules]) for miss in misses
    ]


def test_a_member_who_is_refused_would_be_allowed_as_administrator() -> None:
    standing: dict[str, Encoded] = {"actor__organisation": "owner", "account__status": "active"}
    decision, facts = asked("link", actor__role="member", action__account_count=2, **standing)

    assert said(misses_of(decision, facts)) == [
        ({"actor.role": "administrator"}, ["administrator-of-the-owner-links"]),
    ]


def test_a_store_changes_with_its_currency_and_fee_and_only_to_a_day_on_which_it_is_open() -> None:
    decision, facts = asked("details", store__code="JP", action__day=A_DAY.toordinal())
    misses = misses_of(decision, facts)
    singapore = next(miss for miss in misses if any(change.after == "SG" for change in miss.changes))

    assert {change.fact for change in singapore.changes} >= {"store.code", "action.day"}
    assert {change.fact: change.after for change in singapore.along}["store.currency"] == "SGD"


def test_where_rules_are_too_tangled_the_explanation_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    decision, facts = asked("charging", store__code="JP", quote__day=A_DAY.toordinal(), seller__linked=True)
    monkeypatch.setattr(regions, "MOST_PAIRS", 0)

    assert explain_decision(decision, facts).nearest is None
