from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.loadtest.latencies import Latencies, encoded
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.result import Result
from tests.cli.conftest import Run
from tests.client.fake_service import FakeService, echoed
from tests.loadtest.test_thresholds import a_result

FIND_LIMIT = "linkedaccounts.cli.loadtest.find_limit"


def measured(milliseconds: float, invalid: str = "") -> Result:
    latencies = Latencies()
    latencies.add(milliseconds / 1000)
    return replace(a_result(unexpected=0), latency=encoded(latencies.histogram()), invalid=invalid)


def rate_of(plan: Plan) -> float:
    (stage,) = plan.stages
    assert stage.start == stage.end
    return stage.start


@pytest.fixture
def falls_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that answers 990 calls a second in 2 ms, and no more."""

    async def run_plan(plan: Plan, _: Any) -> Result:
        return measured(2 if rate_of(plan) <= 990 else 500)

    monkeypatch.setattr(import_module(FIND_LIMIT), "run_plan", run_plan)


def test_the_highest_rate_is_said_with_every_step_on_the_way(run: Run, falls_behind: None, tmp_path: Path) -> None:
    out = tmp_path / "limit.json"
    result = run("loadtest", "find-limit", "--from", "100", "--precision", "10%", "--out", str(out))
    found = json.loads(out.read_text("utf-8"))

    assert result.exit_code == 0, result.output
    assert "with p99 <= 25.00 ms, errors <= 0.100%, from 100 calls a second on:" in result.output
    assert "     800.0/s  holds    p50 2.00 ms, p99 2.00 ms, errors 0.000%" in result.output
    assert "fails    p50 500.22 ms, p99 500.22 ms, errors 0.000%  (p99)" in result.output
    assert result.output.endswith("950 calls a second hold, 1,000 do not\n")
    assert (found["held"], found["failed"], found["ended_by"]) == (950, 1000, "")
    tried = [(step["rate"], step["held"]) for step in found["steps"]]
    assert tried[:6] == [(100, True), (200, True), (400, True), (800, True), (1600, False), (1600, False)]


def test_a_service_that_is_too_slow_from_the_first_rate_on_ends_with_1(run: Run, falls_behind: None) -> None:
    result = run("loadtest", "find-limit", "--from", "1000", "--errors", "1%")

    assert result.exit_code == 1
    assert "not even 1,000 calls a second hold; begin lower with --from, or allow more" in result.output


def test_a_client_that_is_the_limit_ends_the_search_with_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run_plan(plan: Plan, _: Any) -> Result:
        return measured(2, "this client was the limit" if rate_of(plan) > 200 else "")

    monkeypatch.setattr(import_module(FIND_LIMIT), "run_plan", run_plan)
    result = run("loadtest", "find-limit")

    assert result.exit_code == 3
    assert result.output.endswith(
        "ENDED EARLY at 400 calls a second: this client was the limit\nup to there: 200 calls a second held\n"
    )


def test_a_wrong_answer_does_not_hold_at_any_rate(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run_plan(plan: Plan, _: Any) -> Result:
        result = measured(2)
        return replace(result, checked=replace(result.checked, answers=10, wrong=1))

    monkeypatch.setattr(import_module(FIND_LIMIT), "run_plan", run_plan)
    result = run("loadtest", "find-limit")

    assert result.exit_code == 1
    assert "(wrong answers)" in result.output


def test_a_running_service_is_searched(run: Run, service: FakeService) -> None:
    service.quote = echoed
    wide = ("--p99", "5s", "--errors", "100%", "--check", "0%")
    steps = ("--from", "500", "--to", "500", "--duration", "200ms", "--warm-up", "1s")
    result = run("loadtest", "find-limit", *steps, *wide)

    assert result.exit_code in {0, 3}, result.output  # 3: a busy machine sent calls late
    assert service.seen


def test_a_service_that_is_not_there_ends_with_4(run: Run) -> None:
    result = run("loadtest", "find-limit", "--target", "127.0.0.1:1")

    assert result.exit_code == 4
    assert "`127.0.0.1:1` cannot be reached" in result.output


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--from", "5"), "the first step would have 50 calls, and a p99 needs 100: state a longer --duration"),
        (("--to", "50"), "--to is 50, below --from, which is 100"),
        (("--precision", "0%"), "`0%` is no precision that a search can keep; write one from 0.1% to 50%"),
        (("--serve-flag", "--workers=2"), "--serve-flag is for the service that --self starts"),
    ],
)
def test_a_search_that_can_find_nothing_is_refused(run: Run, flags: tuple[str, ...], said: str) -> None:
    result = run("loadtest", "find-limit", *flags)

    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
