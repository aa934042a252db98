"""Boxes of facts are exact: they hold just the facts of which the condition holds."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import product
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.policy.condition import holds
from linkedaccounts.policy.regions import Box, CatalogueRow, Space, TooComplex, intersect
from linkedaccounts.policy.values import Encoded, Members, Spans, ValueSet
from linkedaccounts.policy.vocabulary import Fact, FactType, encode
from tests.policy.random_policies import Author, charging_space, random_facts, raw_condition, truth

Point: TypeAlias = Mapping[str, Encoded | None]


def contains(box: Box, point: Point) -> bool:
    return all(point.get(fact) in values for fact, values in box.items())


@pytest.mark.parametrize("seed", range(200))
def test_facts_lie_in_a_conditions_boxes_just_if_it_holds(seed: int) -> None:
    chance = random.Random(seed)
    space = charging_space()
    raw = raw_condition(chance, space.facts)
    try:
        condition = Author().condition(raw, space)
    except TooComplex:
        condition = Author().condition(raw := {"store.code": "US"}, space)
    boxes = space.boxes(condition)
    for _ in range(30):
        facts = random_facts(chance, space.facts)
        point = {path: encode(value) for path, value in facts.items()}

        assert any(contains(box, point) for box in boxes) == (holds(condition, point) is True)
        assert holds(condition, point) == truth(raw, facts)


# A world small enough to be counted: three stores of which B has a gap, sizes up to 4 or unknown, six days.

SMALL: Mapping[str, Fact] = {
    "store.code": Fact("store.code", FactType.STORE, Members(frozenset("ABC"))),
    "store.region": Fact("store.region", FactType.REGION, Members(frozenset("xy"))),
    "size": Fact("size", FactType.COUNT, Spans(((0, 4),), unknown=True)),
    "home": Fact("home", FactType.YES_OR_NO, Members(frozenset({True, False}))),
    "day": Fact("day", FactType.DATE, Spans(((1, 6),))),
}
ROWS = [
    CatalogueRow({"store.code": "A", "store.region": "x"}, "day", (1, 6)),
    CatalogueRow({"store.code": "B", "store.region": "x"}, "day", (1, 2)),
    CatalogueRow({"store.code": "B", "store.region": "y"}, "day", (4, 5)),
    CatalogueRow({"store.code": "C", "store.region": "y"}, "day", (3, 5)),
]
SPACE = Space(SMALL, ROWS)
VALUES: Mapping[str, list[Encoded | None]] = {
    "store.code": ["A", "B", "C"],
    "store.region": ["x", "y"],
    "size": [0, 1, 2, 3, 4, None],
    "home": [True, False],
    "day": [1, 2, 3, 4, 5, 6],
}
POINTS = [dict(zip(VALUES, values, strict=True)) for values in product(*VALUES.values())]


def occurs(point: Point) -> bool:
    return any(
        row.days[0] <= int(point["day"] or 0) <= row.days[1]
        and all(point[fact] == row.facts[fact] for fact in row.facts)
        for row in ROWS
    )


def set_of(values: list[Encoded | None]) -> ValueSet:
    known = [value for value in values if value is not None]
    if known and isinstance(known[0], int) and not isinstance(known[0], bool):
        return Spans.of(((int(value), int(value)) for value in known), None in values)
    if not known:
        return Spans((), unknown=True)
    return Members(frozenset(known), None in values)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    facts = draw(st.lists(st.sampled_from(sorted(SMALL)), unique=True, max_size=4))
    return {fact: set_of(draw(st.lists(st.sampled_from(VALUES[fact]), unique=True, min_size=1))) for fact in facts}


@given(boxes(), boxes())
def test_the_intersection_of_boxes_holds_the_points_of_both(one: Box, other: Box) -> None:
    both = intersect(one, other)

    inside = [point for point in POINTS if contains(one, point) and contains(other, point)]
    assert [point for point in POINTS if both is not None and contains(both, point)] == inside


@given(st.lists(boxes(), max_size=3), st.lists(boxes(), max_size=3))
def test_what_remains_of_boxes_is_what_lies_in_no_other(some: list[Box], others: list[Box]) -> None:
    left = SPACE.remaining(some, others)

    def remains(point: Point) -> bool:
        return any(contains(box, point) for box in some) and not any(contains(box, point) for box in others)

    expected = [point for point in POINTS if occurs(point) and remains(point)]
    assert [point for point in POINTS if occurs(point) and any(contains(box, point) for box in left)] == expected
    assert bool(left) == bool(expected)
    assert SPACE.covered(some, others) == (not expected)


@given(boxes())
def test_an_example_of_a_box_can_occur_in_it_and_is_found_if_there_is_one(box: Box) -> None:
    example = SPACE.example(box)

    inside = [point for point in POINTS if occurs(point) and contains(box, point)]
    assert (example is not None) == bool(inside)
    if example is not None:
        assert any(all(point[fact] == value for fact, value in example.items()) for point in inside)


@given(st.fixed_dictionaries({}, optional={fact: st.sampled_from(values) for fact, values in VALUES.items()}))
def test_facts_can_occur_just_if_the_catalogue_has_them(facts: Point) -> None:
    known = {fact: value for fact, value in facts.items() if value is not None}

    expected = any(occurs(point) and all(point[fact] == value for fact, value in known.items()) for point in POINTS)
    assert SPACE.can_occur(facts) == expected


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9))),
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9))),
)
def test_spans_are_sets_of_whole_numbers(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    def numbers(spans: Spans) -> set[int]:
        return {number for number in range(-9, 10) if number in spans}

    a, b = Spans.of(one), Spans.of(other)

    assert numbers(a) == {number for first, last in one for number in range(first, last + 1)}
    assert a.intersect(b) == Spans.of((number, number) for number in numbers(a) & numbers(b))
    assert a.minus(b) == Spans.of((number, number) for number in numbers(a) - numbers(b))
    assert a.unite(b) == Spans.of((number, number) for number in numbers(a) | numbers(b))
