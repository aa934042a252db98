from __future__ import annotations

from itertools import pairwise
from random import Random
from statistics import fmean

import pytest

from linkedaccounts.loadtest.stages import (
    BadStages,
    Stage,
    constant_arrivals,
    length,
    level_at,
    parse_duration,
    parse_stages,
    poisson_arrivals,
)


def test_stages_are_read_as_they_are_written() -> None:
    assert parse_stages("10s:0-500, 2m:500,500ms:100.5") == (
        Stage(10, 0, 500),
        Stage(120, 500, 500),
        Stage(0.5, 100.5, 100.5),
    )


@pytest.mark.parametrize("text", ["", "10s", "10:5", "s:5", "10s:-5", "10s:5-", "10s:0", "0s:5", "10s:5,", "1d:5"])
def test_what_is_no_stage_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(BadStages, match="write it as in"):
        parse_stages(text)


@pytest.mark.parametrize(("text", "seconds"), [("500ms", 0.5), ("30s", 30), ("1.5m", 90), ("2h", 7200)])
def test_a_duration_is_in_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


def test_a_constant_rate_is_even() -> None:
    assert list(constant_arrivals(parse_stages("2s:4"))) == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]


def test_a_ramp_makes_as_many_calls_as_its_mean_rate_and_ever_more() -> None:
    times = list(constant_arrivals(parse_stages("10s:0-100")))
    by_second = [sum(second <= time < second + 1 for time in times) for second in range(10)]

    assert len(times) == 500
    assert by_second == sorted(by_second)
    assert (by_second[0], by_second[-1]) == (5, 95)


def test_a_ramp_down_ends_evenly() -> None:
    times = list(constant_arrivals(parse_stages("10s:100-0")))

    assert len(times) == 500
    assert times == sorted(times)
    assert times[-1] < 10


def test_stages_follow_each_other_without_losing_a_call() -> None:
    stages = parse_stages("1s:100,1s:1000,1s:0,1s:100")
    times = list(constant_arrivals(stages))

    assert [sum(second <= time < second + 1 for time in times) for second in range(4)] == [100, 1000, 0, 100]
    assert length(stages) == 4


def test_poisson_arrivals_have_the_rate_and_the_gaps_of_a_poisson_process() -> None:
    times = list(poisson_arrivals(parse_stages("100s:200"), Random(7)))
    gaps = [after - before for before, after in pairwise(times)]
    mean = fmean(gaps)
    variance = fmean((gap - mean) ** 2 for gap in gaps)

    assert len(times) == pytest.approx(20_000, rel=0.02)
    assert mean == pytest.approx(1 / 200, rel=0.02)
    assert variance**0.5 == pytest.approx(mean, rel=0.03)  # of an exponential distribution they are equal


def test_the_same_seed_gives_the_same_arrivals() -> None:
    stages = parse_stages("1s:0-500,1s:500")
    once, again, other = (list(poisson_arrivals(stages, Random(seed))) for seed in (1, 1, 2))

    assert once == again
    assert once != other


def test_a_level_is_that_of_its_stage_and_nothing_after_the_last() -> None:
    stages = parse_stages("10s:0-100,5s:7")

    assert [level_at(stages, elapsed) for elapsed in (0, 5, 10, 14.9, 15)] == [0, 50, 7, 7, 0]
