from __future__ import annotations

from itertools import product
from math import exp
from random import Random
from statistics import fmean

import pytest

from linkedaccounts.loadtest.blocks import Block
from linkedaccounts.loadtest.comparing import compare, compare_measure
from linkedaccounts.loadtest.noise import chance
from tests.loadtest.results import a_run, drawn

LEAST = 0.03


def blocks(random: Random, slower: float = 1.0, spread: float = 0.2) -> list[Block]:
    """The p99 of 12 blocks of five seconds; each second hangs together with the one before."""
    found: list[Block] = []
    load = 0.0
    for _ in range(12):
        seconds = []
        for _ in range(5):
            load = 0.3 * load + random.gauss(0, spread)
            seconds.append(load)
        found.append({"p99": slower * 10 * exp(fmean(seconds))})
    return found


def verdict(base: list[list[Block]], new: list[list[Block]]) -> str:
    compared = compare_measure("p99", base, new, LEAST)
    assert compared
    return compared.verdict


def test_chance_is_the_share_of_all_ways_of_turning_the_signs() -> None:
    differences = [0.3, -0.1, 0.5, 0.2, 0.4, -0.05, 0.6]
    ways = [
        sum(sign * each for sign, each in zip(signs, differences, strict=True)) for signs in product((1, -1), repeat=7)
    ]
    as_far = [way for way in ways if abs(way) >= abs(sum(differences)) - 1e-9]

    assert chance(differences) == pytest.approx(len(as_far) / len(ways))
    assert chance([1.0] * 20) == pytest.approx(2 / 2**20)
    assert chance([0.0] * 20) == 1


def test_runs_of_the_same_service_are_nearly_always_no_different() -> None:
    random = Random(5)
    found = [verdict([blocks(random)], [blocks(random)]) for _ in range(400)]

    assert found.count("no difference") >= 394


def test_a_service_that_became_slower_is_found_worse_and_one_that_became_faster_better() -> None:
    random = Random(6)

    assert [verdict([blocks(random)], [blocks(random, 1.5)]) for _ in range(20)] == ["worse"] * 20
    assert [verdict([blocks(random)], [blocks(random, 0.6)]) for _ in range(20)] == ["better"] * 20


def test_what_differs_from_run_to_run_is_no_difference_if_there_are_several_runs() -> None:
    random = Random(7)

    def runs(*warm: float) -> list[list[Block]]:
        return [blocks(random, slower, spread=0.02) for slower in warm]

    assert verdict(runs(1.0), runs(1.2)) == "worse"
    assert verdict(runs(1.0, 1.3), runs(1.2, 1.4)) == "no difference"
    assert verdict(runs(1.0, 1.1), runs(1.3, 1.4)) == "worse"


def test_a_difference_that_does_not_matter_is_none() -> None:
    steady: list[Block] = [{"p99": 10.0}] * 20
    assert verdict([steady], [[{"p99": 10.2}] * 20]) == "no difference"
    assert verdict([steady], [[{"p99": 10.4}] * 20]) == "worse"


def test_a_few_seconds_are_too_short_to_tell() -> None:
    assert verdict([[{"p99": 1.0}] * 8], [[{"p99": 9.0}] * 8]) == "too short"


def test_one_bad_second_is_no_difference() -> None:
    steady: list[Block] = [{"p99": 10.0, "errors": 0.0}] * 20
    stalled: list[Block] = [*steady[1:], {"p99": 5000.0, "errors": 0.5}]

    assert verdict([steady], [stalled]) == "no difference"


def test_all_measures_of_two_runs_are_compared() -> None:
    random = Random(8)
    same = compare([drawn(random, 20)], [drawn(random, 20)], LEAST)
    slower = compare([drawn(random, 20)], [drawn(random, 20, slower=2.0)], LEAST)

    assert {each.verdict for each in same.measures} == {"no difference"}
    assert [each.name for each in slower.measures if each.verdict == "worse"] == ["p50", "p90", "p99", "p99.9", "max"]
    assert {each.name: each.base for each in same.measures}["CPU per call"] == pytest.approx(5)
    assert (same.blocks, same.block_seconds) == (10, 2)


def test_calls_that_fail_all_the_time_are_worse() -> None:
    failing = {second: {"UNAVAILABLE": 1} for second in range(12)}
    found = compare([a_run([[1.0] * 9] * 12)], [a_run([[1.0] * 9] * 12, failed=failing)], LEAST)

    errors = next(each for each in found.measures if each.name == "errors")
    assert (errors.base, errors.verdict) == (0, "worse")
    assert errors.new == pytest.approx(0.1)
