"""Where two versions of a decision are said to differ, held against the engine: there they do, and nowhere else."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from linkedaccounts.domain.effects import (
    Allowed,
    ChargedInFull,
    ChargedNothing,
    Effect,
    Grounds,
    PlanShare,
    ReducedByPercentage,
    Refused,
)
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import CHOICE, COLLECT, DECISIONS, ELIGIBILITY
from linkedaccounts.policy.given_facts import completed
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.regions import Box, Space
from linkedaccounts.policy.values import Encoded, Members
from linkedaccounts.policy.vocabulary import encode
from linkedaccounts.workbench import compare_answers, compare_cells
from linkedaccounts.workbench.compare_decision import DecisionComparison, compare_decisions
from linkedaccounts.workbench.compare_rules import key_of
from tests.policy.random_policies import A_DAY, Author, a_rule, charging_space, pool, random_facts, sound_condition

Facts = dict[str, Encoded | None]
FORMS = {
    CHOICE: DECISIONS["charging"],
    COLLECT: DECISIONS["reductions"],
    # The vocabulary of charging serves for all: what counts is how the rules are combined.
    ELIGIBILITY: replace(DECISIONS["link"], day="quote.day"),
}
CHARGES: Sequence[Effect] = (ChargedInFull(), ChargedNothing(), PlanShare("a-plan"), ReducedByPercentage(Decimal(50)))
VERDICTS: Sequence[Effect] = (Allowed(), Refused(Grounds.NOT_PERMITTED), Refused(Grounds.NOT_POSSIBLE))


LOOKED_AT = (
    "quote.day",
    "seller.home_store",
    "seller.linked",
    "seller.store_count",
    "store.active_listings",
    "store.code",
    "store.region",
    "store.selling_plan",
    "store.standard_fee",
)


@cache
def small_space() -> Space:
    """The space of charging with a fact of each kind, so that the rules drawn in it meet often."""
    whole = charging_space()
    rows = [
        replace(row, facts={path: row.facts[path] for path in LOOKED_AT if path in row.facts}) for row in whole.rows
    ]
    return Space({path: whole.facts[path] for path in LOOKED_AT}, rows)


def drawn_rules(chance: random.Random, combine: str, space: Space, ids: str) -> list[Rule]:
    """Rules of few effects and reasons, so that they often come to the same; of a choice ordered throughout."""
    rules: list[Rule] = []
    author = Author()
    for number in range(chance.randint(1, 5)):
        overrides = frozenset(rule.id for rule in rules) if combine == CHOICE else frozenset[str]()
        effect = chance.choice(VERDICTS if combine == ELIGIBILITY else CHARGES)
        condition = sound_condition(chance, author, space, depth=1)[1]
        rule = a_rule(f"{ids}-{number}", effect, condition, overrides, chance.randrange(10**6))
        rules.append(replace(rule, reason=chance.choice(["ONE", "OTHER"])))
    return rules


def edited(chance: random.Random, rules: Sequence[Rule], others: Sequence[Rule], combine: str) -> list[Rule]:
    """What an editor makes of rules: some gone, some with another effect, place, reason or condition, some new."""
    kept: list[Rule] = []
    for rule in rules:
        edit = chance.choice(["keep", "keep", "keep", "drop", "effect", "move", "reason", "condition"])
        edits: dict[str, dict[str, Any]] = {
            "effect": {"effect": chance.choice(VERDICTS if combine == ELIGIBILITY else CHARGES)},
            "move": {"order": chance.randrange(10**6)},
            "reason": {"reason": "OTHER"},
            "condition": {"condition": chance.choice(others).condition},
        }
        kept += [] if edit == "drop" else [replace(rule, **edits.get(edit, {}))]
    kept += chance.sample(others, chance.choice([0, 0, 1]))
    ids = {rule.id for rule in kept}
    return [replace(rule, overrides=rule.overrides & ids) for rule in kept]


def ordered_throughout(rules: Sequence[Rule]) -> list[Rule]:
    """Of a choice, each rule overrides those before it."""
    return [
        replace(rule, overrides=frozenset(other.id for other in rules[:number])) for number, rule in enumerate(rules)
    ]


def decision(chance: random.Random, combine: str, rules: Sequence[Rule], space: Space) -> Decision:
    effect = chance.choice(CHARGES[:2]) if combine == CHOICE else Refused(Grounds.NOT_PERMITTED)
    otherwise = None if combine == COLLECT else a_rule("otherwise", effect, None, frozenset(), 0)
    if combine == CHOICE:
        rules = ordered_throughout(rules)
    return Decision(FORMS[combine], chance.sample(rules, len(rules)), otherwise, space)


def another_catalogue(chance: random.Random, space: Space) -> Space:
    """The space of a catalogue without one store, and with another fee and region in some from some day on."""
    gone = chance.choice(sorted(row.facts["store.code"] for row in space.rows))
    rows = []
    for row in space.rows:
        if row.facts["store.code"] == gone:
            continue
        changed = replace(row, facts={**row.facts, "store.standard_fee": 600, "store.region": "europe"})
        if chance.random() < 0.5 and row.days[0] < A_DAY.toordinal():
            rows.append(replace(row, days=(row.days[0], A_DAY.toordinal() - 1)))
            rows.append(replace(changed, days=(A_DAY.toordinal(), row.days[1])))
        else:
            rows.append(row)
    facts = {
        path: replace(fact, domain=Members(fact.domain.values - {gone}, fact.domain.unknown))
        if isinstance(fact.domain, Members)
        else fact
        for path, fact in space.facts.items()
    }
    return Space(facts, rows)


def answer(decision: Decision, facts: Facts) -> Any:
    """What counts of an answer."""
    rules = decision.decide(completed(facts, decision))
    keys = [key_of(rule, decision) for rule in rules]
    if decision.form.combine == COLLECT:
        return keys
    return keys[0] if decision.form.combine == CHOICE else frozenset(keys)


def facts_near(chance: random.Random, box: Box, old: Space, new: Space) -> Facts | None:
    """Facts that both can be asked with, many of them in a box; what a catalogue says is left to each; or None."""
    drawn = random_facts(chance, old.facts)
    facts: Facts = {path: encode(drawn.get(path)) for path in old.facts}
    certain = {path: fact for path, fact in old.facts.items() if not fact.domain.unknown}
    facts |= {path: encode(chance.choice(pool(fact))) for path, fact in certain.items() if facts[path] is None}
    facts |= {path: values.example() for path, values in box.items() if chance.random() < 0.9}
    facts["quote.day"] = facts["quote.day"] if chance.random() < 0.5 else A_DAY.toordinal()
    for space in (old, new):
        if not space.catalogued(facts) or facts["seller.home_store"] not in space.facts["seller.home_store"].domain:
            return None
    return {
        path: value
        for path, value in facts.items()
        if path not in ("store.region", "store.currency", "store.standard_fee")
    }


def pair(seed: int, combine: str) -> tuple[random.Random, Decision, Decision]:
    chance = random.Random(f"compare {combine} {seed}")
    space = small_space()
    other_space = space if chance.random() < 0.6 else another_catalogue(chance, space)
    rules, others = (drawn_rules(chance, combine, space, ids) for ids in ("a", "b"))
    after = edited(chance, rules, others, combine) if chance.random() < 0.8 else others
    return chance, decision(chance, combine, rules, space), decision(chance, combine, after, other_space)


def boxes_at(comparison: DecisionComparison, facts: Facts) -> list[Any]:
    return [
        one
        for one in comparison.differences
        if any(all(facts.get(path) in values for path, values in box.items()) for box in one.boxes)
    ]


@pytest.mark.parametrize("combine", FORMS)
@pytest.mark.parametrize("seed", range(30))
def test_the_engine_answers_otherwise_exactly_where_the_comparison_says(seed: int, combine: str) -> None:
    chance, old, new = pair(seed, combine)
    comparison = compare_decisions(old, new, A_DAY)
    regions = [box for one in comparison.differences for box in one.boxes] or [{}]
    assert not comparison.untold
    for one in comparison.differences:
        assert answer(old, dict(one.example.facts)) != answer(new, dict(one.example.facts))
    for _ in range(40):
        facts = facts_near(chance, chance.choice(regions), old.space, new.space)
        if facts is None:
            continue
        before, after = answer(old, facts), answer(new, facts)
        full = {**facts, **old.space.catalogued(facts)}
        found = boxes_at(comparison, full)

        assert len(found) == (before != after), (before, after, facts)
        if found and combine != COLLECT:
            said = (found[0].before.keys, found[0].after.keys)
            expected = ((before,), (after,)) if combine == CHOICE else (before - after, after - before)
            assert tuple(map(frozenset, said)) == tuple(map(frozenset, expected))


def test_changes_in_too_many_combinations_are_told_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    _, old, new = pair(1, ELIGIBILITY)
    together = compare_decisions(old, new, A_DAY)
    monkeypatch.setattr(compare_cells, "MOST_BOXES", 1)
    apart = compare_decisions(old, new, A_DAY)

    assert {len(one.before.keys) + len(one.after.keys) for one in apart.differences} == {1}
    assert {key for one in together.differences for side in (one.before, one.after) for key in side.keys} == {
        key for one in apart.differences for side in (one.before, one.after) for key in side.keys
    }


def test_what_is_too_much_to_compare_is_not_called_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    _, old, new = pair(0, CHOICE)
    monkeypatch.setattr(compare_answers, "MOST_PIECES", 0)
    comparison = compare_decisions(old, new, A_DAY)

    assert comparison.untold
    assert not comparison.equal
