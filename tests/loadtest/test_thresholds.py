from __future__ import annotations

from dataclasses import replace

import pytest

from linkedaccounts.loadtest.client_time import why_invalid
from linkedaccounts.loadtest.latencies import Latencies, decoded, encoded, quantile_ms, together
from linkedaccounts.loadtest.result import BadResult, Checked, Result, Run, Totals, as_json, read_result
from linkedaccounts.loadtest.stages import BadStages
from linkedaccounts.loadtest.thresholds import (
    BadThreshold,
    Threshold,
    errors_threshold,
    judged,
    latency_threshold,
)


def counted(*milliseconds: float) -> Latencies:
    latencies = Latencies()
    for each in milliseconds:
        latencies.add(each / 1000)
    return latencies


def a_result(calls: int = 1000, unexpected: int = 1) -> Result:
    run = Run("h:1", "poisson", "10s:100", 10, 0, 8, 5, 0.05, 1, "default", "now", "1")
    totals = Totals(calls, calls, calls / 10, calls / 10, unexpected, {}, 0, 0, 0, 0, 0)
    latency = encoded(counted(*[1] * 98, 20, 30).histogram())
    nothing = encoded(Latencies().histogram())
    return Result(run, totals, "", 0.1, 0, latency, nothing, {}, {}, (), Checked(0, 0, ()), (), ())


@pytest.mark.parametrize(
    ("threshold", "holds"),
    [
        (latency_threshold("p50", "1ms"), True),
        (latency_threshold("p99", "25ms"), True),
        (latency_threshold("p99", "19ms"), False),
        (latency_threshold("max", "0.025s"), False),
        (errors_threshold("0.1%"), True),
        (errors_threshold("0.09%"), False),
        (Threshold("rate", 100), True),
        (Threshold("rate", 101), False),
    ],
)
def test_a_threshold_holds_up_to_its_limit(threshold: Threshold, holds: bool) -> None:
    (verdict,) = judged(a_result(), [threshold])

    assert (verdict.holds, verdict.limit) == (holds, threshold.limit)


def test_no_threshold_holds_without_a_call() -> None:
    assert not judged(a_result(calls=0), [errors_threshold("100%")])[0].holds


def test_a_wrong_answer_is_never_within_the_limits() -> None:
    wrong = replace(a_result(), checked=Checked(10, 1, ("it is wrong",)))

    assert [(verdict.name, verdict.holds) for verdict in judged(wrong, [])] == [("wrong answers", False)]


@pytest.mark.parametrize("text", ["1", "-1%", "101%", "x%", ""])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(BadThreshold, match=r"write it as in 0\.1%"):
        errors_threshold(text)


def test_what_is_no_duration_is_refused() -> None:
    with pytest.raises(BadStages, match="write it as in 500ms"):
        latency_threshold("p99", "25")


def test_latencies_are_those_of_an_hdr_histogram_through_its_text_and_merged() -> None:
    one, other = counted(*(each / 7 for each in range(1, 30_000, 3))), counted(0, 5_000_000)
    histogram = decoded(encoded(together([one, other]).histogram()))

    assert histogram.total_count == 10_002
    assert quantile_ms(histogram, 50) == pytest.approx(15_000 / 7, rel=0.001)
    assert one.quantile_ms(0.5) == pytest.approx(15_000 / 7, rel=0.001)
    assert quantile_ms(histogram, 100) == pytest.approx(3_600_000, rel=0.001)


@pytest.mark.parametrize("text", ["", "abc", "é", "aGVsbG8gd29ybGQgYWdhaW4="])
def test_what_is_no_histogram_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no HDR histogram"):
        decoded(text)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 2}'])
def test_what_is_no_result_is_refused(text: str) -> None:
    with pytest.raises(BadResult, match="no result of a load test"):
        read_result(text)


def test_a_result_says_in_which_format_it_is() -> None:
    with pytest.raises(BadResult, match="format"):
        read_result(as_json(a_result()).replace('"format": 1', '"format": 2'))


@pytest.mark.parametrize(
    ("calls", "late", "busy", "still", "said"),
    [
        (100, 1, 1, 0.01, ""),
        (0, 0, 0, 0, "no call was due"),
        (100, 2, 0, 0, "2.0% of the calls went out late"),
        (100, 0, 0, 0.1, "stood still for 10.0% of the time"),
        (100, 0, 5, 0, "5.0% of the calls were due when this client used 90% of a CPU or more: it was the limit"),
    ],
)
def test_a_run_is_invalid_if_the_client_was_the_limit(
    calls: int, late: int, busy: int, still: float, said: str
) -> None:
    found = why_invalid(calls, late, busy, still)

    assert said in found
    assert bool(said) == bool(found)
