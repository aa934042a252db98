from __future__ import annotations

from dataclasses import replace

import pytest

from linkedaccounts.loadtest.latencies import decoded, quantile_ms
from linkedaccounts.loadtest.merging import NotAlike, merge
from linkedaccounts.loadtest.result import Event
from linkedaccounts.loadtest.thresholds import Threshold, judged
from tests.loadtest.results import a_run

ONE = a_run(
    [[1.0] * 60, [1.0] * 39], [Event(1, "reload", "the policy changed from a to b")], failed={1: {"UNAVAILABLE": 1}}
)
OTHER = a_run([[1.0] * 50, [30.0] * 3], [Event(0, "reload", "and back")])


def test_histograms_and_counts_of_several_runs_are_added() -> None:
    found = merge([ONE, OTHER])

    assert (found.totals.calls, found.totals.unexpected, found.run.seconds) == (153, 1, 4)
    assert decoded(found.latency).total_count == 152
    assert quantile_ms(decoded(found.latency), 99) == pytest.approx(30, rel=0.001)
    assert found.rules["standard-fee"].lines == 153
    assert decoded(found.together[0].latency).total_count == 6


def test_each_run_follows_the_one_before() -> None:
    found = merge([ONE, OTHER])

    assert [moment.second for moment in found.timeline] == [0, 1, 2, 3]
    assert [(event.second, event.kind) for event in found.events] == [(1, "reload"), (2, "run"), (2, "reload")]
    assert [each.second for each in found.usage] == [0, 1, 2, 2, 3, 4]


def test_a_threshold_is_judged_again_over_all_runs() -> None:
    asked = replace(ONE, verdicts=judged(ONE, [Threshold("p99", 25)]))

    assert [verdict.holds for verdict in asked.verdicts] == [True]
    assert [verdict.holds for verdict in merge([asked, OTHER]).verdicts] == [False]


def test_one_run_stays_what_it_is() -> None:
    assert merge([ONE]) is ONE


def test_runs_of_different_loads_are_not_merged() -> None:
    other = replace(OTHER, run=replace(OTHER.run, stages="10s:5"))
    with pytest.raises(NotAlike, match="different loads: stages `the same` and `10s:5`"):
        merge([ONE, other])
