"""What cases show, held against rules that are changed: an item is where the change would be noticed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from linkedaccounts.policy.cases import Case, CaseResult, run_cases
from linkedaccounts.policy.condition import Condition, Facts, FactTest, holds
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.given_facts import completed
from linkedaccounts.policy.load import load_policy, load_tested
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.policy.regions import inside
from linkedaccounts.policy.values import Spans
from linkedaccounts.policy.vocabulary import Fact, FactType, decode
from linkedaccounts.workbench.coverage import Coverage, coverage
from linkedaccounts.workbench.coverage_items import Item, Kind, items_of
from linkedaccounts.workbench.decisive import ALWAYS, NEVER, leaves, replaced
from linkedaccounts.workbench.proposed_cases import ProposedCase, proposed_cases
from tests.policy.random_policies import drawn, facts_that_occur
from tests.policy.rule_files import RULES, copy_of_rules
from tests.policy.rule_files import replace as edit

RANDOM = [f"random {seed}" for seed in range(6)]
MOST_STATED = {
    FactType.COUNT: (0, 10**9),
    FactType.DATE: (1, date.max.toordinal()),
    FactType.DECIMAL: (-(10**18), 10**18),
}
"""What a case can state of a fact, encoded."""


@cache
def decision_of(name: str) -> Decision:
    """A random decision, or one of the rules that the service comes with."""
    return drawn(random.Random(name)).decision if name in RANDOM else load_policy(RULES).decisions[name]


@cache
def shown_throughout(name: str) -> tuple[Case, ...]:
    """The cases that are proposed where there are none."""
    decision = decision_of(name)
    items, _ = items_of(decision)
    return tuple(case_of(decision, each) for each in proposed_cases(decision, items, []))


def case_of(decision: Decision, proposed: ProposedCase) -> Case:
    facts = completed(proposed.stated, decision)
    return Case(decision.form.name, proposed.name, Place("tests"), proposed.stated, facts, proposed.expected)


def covered(decision: Decision, cases: tuple[Case, ...]) -> Coverage:
    decisions = {decision.form.name: decision}
    return coverage(decisions, run_cases(cases, decisions))


def changed(decision: Decision, rule: Rule, test: FactTest, by: Condition) -> Decision:
    """The decision with another condition in the place of one of a rule's tests."""
    assert rule.condition is not None
    other = replace(rule, condition=replaced(rule.condition, test, by))
    rules = [other if each is rule else each for each in decision.rules]
    return Decision(decision.form, rules, decision.otherwise, decision.space)


def lone_leaves(decision: Decision) -> Iterator[tuple[Rule, FactTest]]:
    """Each test of a fact, but for those that a rule has twice in the same words."""
    for rule in decision.rules:
        words = Counter(f"{test.fact}: {test.wanted}" for test, _ in leaves(rule.condition))
        yield from ((rule, test) for test, _ in leaves(rule.condition) if words[f"{test.fact}: {test.wanted}"] == 1)


def ids(decision: Decision, facts: Facts) -> set[str]:
    return {rule.id for rule in decision.evaluate(facts)}


# What an item is


@pytest.mark.parametrize("name", [*RANDOM, "charging", "link", "fresh_sign_in"])
def test_an_item_lies_where_the_answer_hangs_on_its_condition(name: str) -> None:
    chance, decision = random.Random(name), decision_of(name)
    items, uncounted = items_of(decision)
    found = [facts_that_occur(chance, decision) for _ in range(25)]
    for rule, test in lone_leaves(decision):
        if rule in uncounted:
            continue
        with_it, without = (changed(decision, rule, test, by) for by in (ALWAYS, NEVER))
        nearby = near(found, test, decision)
        hanging = [facts for facts in nearby if (rule.id in ids(with_it, facts)) != (rule.id in ids(without, facts))]
        of_test = [item for item in items if item.rule is rule and f"`{test.fact}: {test.wanted}` is" in item.gap]
        for item in of_test:
            shown = [facts for facts in nearby if any(inside(box, facts) for box in item.boxes)]
            assert all(fits(item, test, facts, decision) for facts in shown)
            if wanted := [facts for facts in hanging if fits(item, test, facts, decision)]:
                assert shown == wanted


def near(found: list[Facts], test: FactTest, decision: Decision) -> list[Facts]:
    """Those that can occur and be stated of facts as they are, and with the tested fact at a bound or beside it."""
    moved = [
        {**facts, test.fact: bound.value + number % 3 - 1}
        for number, facts in enumerate(found)
        for bound in test.bounds
    ]
    space = decision.space
    least, most = MOST_STATED.get(space.facts[test.fact].type, (0, 0))
    sound = [facts for facts in moved if least <= int(facts[test.fact] or 0) <= most]
    return [facts for facts in (*found, *sound) if space.can_occur(facts)]


def fits(item: Item, test: FactTest, facts: Facts, decision: Decision) -> bool:
    """Whether the test goes as the item says, or its fact has the value that the item names."""
    truth = {True: "true", False: "false", None: "unknown"}[holds(test, facts)]
    value = decode(facts.get(test.fact), decision.space.facts[test.fact].type)
    return f"is never seen {truth} " in item.gap or f"is not tested at {value}," in f"{item.gap},"


# What is proposed


@pytest.mark.parametrize("name", [*RANDOM, "charging", "details", "link", "register"])
def test_the_proposed_cases_show_all_that_can_occur_and_none_is_too_many(name: str) -> None:
    decision, cases = decision_of(name), shown_throughout(name)
    items, _ = items_of(decision)

    assert covered(decision, cases).missing == ()
    assert covered(decision, cases).tally() == (len(items), len(items))
    for case in cases:
        assert covered(decision, tuple(other for other in cases if other is not case)).missing
    assert all(result.passed for result in run_cases(cases, {decision.form.name: decision}))


@pytest.mark.parametrize("name", RANDOM[:5])
def test_what_is_proposed_does_not_depend_on_the_order_of_the_rules(name: str) -> None:
    decision = decision_of(name)
    backwards = Decision(decision.form, reversed(decision.rules), decision.otherwise, decision.space)
    items, _ = items_of(backwards)

    assert [case_of(backwards, each) for each in proposed_cases(backwards, items, [])] == list(shown_throughout(name))


# What coverage is worth


@pytest.mark.parametrize("name", [*RANDOM, "charging", "details", "link", "register", "fresh_sign_in"])
def test_where_all_is_shown_no_changed_condition_goes_unnoticed(name: str) -> None:
    """A bound moved by one, a condition left out, a condition that never holds: cases tell if any facts do."""
    chance, decision, cases = random.Random(name), decision_of(name), shown_throughout(name)
    found = [facts_that_occur(chance, decision) for _ in range(25)]
    for rule, test in lone_leaves(decision):
        for other in changes(test, decision):
            mutant = changed(decision, rule, test, other)
            noticed = any(ids(mutant, case.facts) != set(case.expected) for case in cases)

            assert noticed or all(
                ids(mutant, facts) == ids(decision, facts) for facts in near(found, test, decision)
            ), (rule.id, other)


def changes(test: FactTest, decision: Decision) -> Iterator[Condition]:
    yield from (ALWAYS, NEVER)
    fact = decision.space.facts[test.fact]
    if isinstance(test.admits, Spans) and fact.type is not FactType.DECIMAL:
        for number, (first, last) in enumerate(test.admits.spans):
            others = [span for n, span in enumerate(test.admits.spans) if n != number]
            for moved in ((first + 1, last), (first - 1, last), (first, last + 1), (first, last - 1)):
                if stated({first, last} - set(moved), fact):
                    yield replace(test, admits=Spans.of([*others, moved]).intersect(fact.known))


def stated(edges: set[int], fact: Fact) -> bool:
    """Whether the edge that is moved stands in a rule: where the values of a fact begin and end, nobody wrote."""
    assert isinstance(fact.known, Spans)
    return edges.isdisjoint({edge for span in fact.known.spans for edge in span})


SWAPS = ("at_least", "more_than", "at_most", "less_than")
THRESHOLDS = [
    ("fees/charging.yaml", "seller.store_count: {at_least: 2}"),
    ("eligibility/link.yaml", "action.account_count: {at_least: 2}"),
    ("eligibility/link.yaml", "action.account_count: {less_than: 2}"),
    ("registration/fresh-sign-in.yaml", "session.minutes_since_sign_in: {more_than: 60}"),
    ("registration/fresh-sign-in.yaml", "session.minutes_since_sign_in: {more_than: 15}"),
]


@pytest.mark.parametrize(("path", "threshold"), THRESHOLDS)
def test_the_check_and_the_cases_of_the_rules_notice_every_other_comparison_and_every_other_bound(
    path: str, threshold: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fact, operator, value = threshold.replace("{", "").replace("}", "").split(": ")
    swapped = [f"{fact}: {{{other}: {value}}}" for other in SWAPS if other != operator]
    moved = [f"{fact}: {{{operator}: {int(value) + by}}}" for by in (1, -1)]
    for after in (*swapped, *moved):
        rules = copy_of_rules(tmp_path_factory.mktemp("rules"))
        edit(rules, path, threshold, after)

        assert not passes(rules), after


def passes(rules: Path) -> bool:
    """Whether neither the check, warnings included, nor a case has anything against the rules."""
    try:
        tested = load_tested(rules)
    except PolicyRejected:
        return False
    return not tested.policy.warnings and all(result.passed for result in tested.results)


# How it is counted


def test_the_cases_of_the_rules_show_all_of_them() -> None:
    tested = load_tested(RULES)

    assert coverage(tested.policy.decisions, tested.results).missing == ()


def test_a_case_that_fails_shows_nothing() -> None:
    tested = load_tested(RULES)
    failing = [CaseResult(result.case, ()) for result in tested.results]

    found = coverage(tested.policy.decisions, failing)
    assert (found.share(), found.tally(Kind.BOUNDARY)[0]) == (Fraction(found.tally()[0], found.tally()[1]), 0)


def test_a_share_is_exact_and_of_nothing_it_is_all() -> None:
    tested = load_tested(RULES)

    assert coverage(tested.policy.decisions, tested.results[1:]).share() < 1
    assert coverage({}, ()).share() == 1
