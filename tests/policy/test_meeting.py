"""The first look at which regions can meet leaves out only such as cannot, and most of those."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from linkedaccounts.policy.meeting import meeting
from linkedaccounts.policy.regions import Box, intersect
from tests.policy.random_policies import Author, Raw, charging_space, sound_condition


def regions(*raws: Raw) -> list[list[Box]]:
    author = Author()
    return [charging_space().boxes(author.condition(raw, charging_space())) for raw in raws]


@pytest.mark.parametrize("seed", range(10))
def test_whatever_meets_is_named_once_the_smaller_number_first(seed: int) -> None:
    chance, author = random.Random(seed), Author()
    conditions = [sound_condition(chance, author, charging_space(), depth=seed % 3)[1] for _ in range(40)]
    drawn = [charging_space().boxes(condition) for condition in conditions]
    meets = {
        (one, other)
        for one, other in combinations(range(len(drawn)), 2)
        if any(intersect(box, another) is not None for box in drawn[one] for another in drawn[other])
    }
    named = list(meeting(drawn))

    assert meets <= set(named)
    assert len(set(named)) == len(named)
    assert all(one < other for one, other in named)


def test_stores_and_bands_of_listings_tell_rules_apart() -> None:
    bands = regions(
        *(
            {"store.code": store, "store.active_listings": {"at_least": n, "less_than": n + 10}}
            for store in ("US", "CA")
            for n in range(0, 1000, 10)
        )
    )

    assert list(meeting(bands)) == []


def test_a_rule_of_all_stores_meets_those_of_its_band() -> None:
    listings = [
        {"store.code": "US", "store.active_listings": {"at_least": n, "less_than": n + 10}} for n in (0, 10, 20)
    ]
    everywhere = {"store.active_listings": {"at_least": 15, "less_than": 25}}

    assert list(meeting(regions(*listings, everywhere))) == [(1, 3), (2, 3)]
