"""What is made of results: a page, and a comparison."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from click.testing import Result as Invoked

from linkedaccounts.cli.loadtest.page import charts
from linkedaccounts.cli.main import main
from linkedaccounts.loadtest.result import Checked, Decided, Event, Result, Together, as_json
from linkedaccounts.loadtest.thresholds import Threshold, judged
from tests.cli.pages import Page
from tests.loadtest.results import a_run, drawn, latency

RELOAD = Event(3, "reload", "the policy changed from aaaaaaaaaaaa to bbbbbbbbbbbb")
SLOW = {
    "standard-fee": Decided(90, latency(*[2.0] * 90)),
    "first-month": Decided(40, latency(*[22.0] * 40)),
}
APART = (Together(("standard-fee",), latency(*[2.0] * 90)), Together(("first-month",), latency(*[22.0] * 40)))


def ran(*arguments: str | Path) -> Invoked:
    return CliRunner().invoke(main, ["loadtest", *map(str, arguments)])


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "result.json"


def page_of(kept: Path, *results: Result) -> Page:
    files = []
    for number, result in enumerate(results):
        files.append(kept.with_name(f"{number}.json"))
        files[-1].write_text(as_json(result), "utf-8")
    done = ran("report", *files, "-o", kept.with_suffix(".html"))
    assert done.exit_code == 0, done.output
    return Page(kept.with_suffix(".html").read_text("utf-8"))


def test_a_page_says_what_was_measured_what_stands_out_and_what_happened(kept: Path) -> None:
    result = a_run([[2.0, 3.0]] * 3 + [[9.0, 40.0]] + [[2.0, 3.0]] * 4, [RELOAD], failed={3: {"UNAVAILABLE": 2}})
    result = replace(result, rules=SLOW, together=APART)
    result = replace(result, verdicts=judged(result, [Threshold("p99", 25), Threshold("p50", 5)]))
    page = page_of(kept, result)

    assert "The service does not do what was asked of it p99 40.03 ms; at most 25.00 ms: broken" in page.text
    assert "first-month is slow: quotes that this rule decides take p50 22.0 ms" in page.text
    assert (
        "A reload at 3 s : p99 3.00 ms before, 40.0 ms in the worst second, 3.00 ms after; 2 calls failed" in page.text
    )
    assert "40 30.8 % 40 22.0 ms 22.0 ms slow standard-fee" in page.text
    for heading in ("Latency over time", "Latency by percentile", "Throughput", "Failed calls", "CPU", "Memory"):
        assert heading in page.text
    assert "process 7" in page.text


def test_a_page_needs_nothing_from_elsewhere_and_takes_its_colours_from_the_scheme_of_its_reader(kept: Path) -> None:
    page = page_of(kept, a_run([[2.0]] * 3, [RELOAD], failed={1: {"UNAVAILABLE": 2}}))
    html = kept.with_suffix(".html").read_text("utf-8")

    assert page.fetched == []
    assert "prefers-color-scheme: dark" in html
    assert "#0a0b0" not in html  # the colours that stand for those of the page
    assert {f"var(--series-{number})" for number in (1, 2, 3, 4)} <= set(html.replace(";", " ").split())


def test_a_page_of_a_run_that_says_nothing_says_that_first(kept: Path) -> None:
    page = page_of(kept, replace(a_run([[2.0]] * 2), invalid="this client was the limit", client_still=0.02))

    assert "These figures say nothing of the service this client was the limit" in page.text
    assert "The client stood still for 2.0% of the time" in page.text


def test_a_run_in_which_no_call_ended_well_has_a_page_too(kept: Path) -> None:
    nothing = a_run([[]] * 2, failed={0: {"UNAVAILABLE": 5}, 1: {"UNAVAILABLE": 5}})
    page = page_of(kept, replace(nothing, rules={}, together=(), usage=()))

    assert "100.00% failed calls" in page.text
    assert "Latency over time" not in page.text


def test_what_an_answer_says_is_shown_and_not_run(kept: Path) -> None:
    wrong = replace(a_run([[2.0]]), checked=Checked(1, 1, ("<script>alert(1)</script>",)))
    page_of(kept, wrong)
    html = kept.with_suffix(".html").read_text("utf-8")

    assert "1 of 1 checked answers are wrong" in html
    assert "<script>" not in html


def test_several_runs_are_on_one_page_together_and_one_by_one(kept: Path) -> None:
    page = page_of(kept, a_run([[2.0]] * 2), a_run([[8.0]] * 2, [Event(1, "reload", "the policy changed")]))

    assert "4 calls in 4 s of 2 runs" in page.text
    assert "A reload at 3 s" in page.text
    assert "1.0 2.00 ms 2.00 ms 2.00 ms 2.00 ms 2.00 ms 0.00%" in page.text
    assert "1.0 8.00 ms 8.00 ms 8.00 ms 8.00 ms 8.00 ms 0.00%" in page.text


def test_a_long_run_is_drawn_in_points_of_several_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "MOST_POINTS", 3)
    course = charts.course_of(a_run([[2.0]] * 7, [RELOAD]))

    assert (course.step, course.times, [len(point) for point in course.points]) == (3, [1.5, 4.5, 7.5], [3, 3, 1])


def test_runs_of_different_loads_are_refused(kept: Path) -> None:
    kept.write_text(as_json(a_run([[2.0]] * 2)), "utf-8")
    other = kept.with_name("other.json")
    other.write_text(as_json(a_run([[2.0]] * 2)).replace("the same", "10s:5"), "utf-8")

    for command in (("report", kept, other), ("compare", kept, other)):
        done = ran(*command)
        assert done.exit_code == 2
        assert "the runs had different loads: stages `the same` and `10s:5`" in done.output


def test_a_file_that_holds_no_result_is_named(kept: Path) -> None:
    kept.write_text("{}", "utf-8")
    done = ran("report", kept)

    assert done.exit_code == 2
    assert "result.json: no result of a load test: run: Field required" in " ".join(done.output.split())


def test_what_reports_need_is_named_before_the_load_begins(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for module in [
        name for name in sys.modules if name.startswith(("matplotlib.", "linkedaccounts.cli.loadtest.page"))
    ]:
        monkeypatch.delitem(sys.modules, module)
    done = ran("run", "--rate", "5", "--target", "127.0.0.1:1", "--report", kept)

    assert done.exit_code == 1
    assert "pip install 'linked-accounts[loadtest,reports]'" in done.output


@pytest.fixture
def results(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The base, the same once more, and one that is slower."""
    random = Random(4)
    made = {"base": drawn(random, 12), "again": drawn(random, 12), "slow": drawn(random, 12, slower=3.0)}
    for name, result in made.items():
        (tmp_path / name).write_text(as_json(result), "utf-8")
    base, again, slow = (tmp_path / name for name in made)
    return base, again, slow


def test_a_comparison_says_what_is_worse_and_ends_with_1(results: tuple[Path, Path, Path]) -> None:
    base, again, slow = results
    worse, better, same = ran("compare", base, slow), ran("compare", slow, base), ran("compare", base, again)

    assert (worse.exit_code, better.exit_code, same.exit_code) == (1, 0, 0)
    assert "worse: p50, p90, p99, p99.9, max" in worse.output
    assert "better: p50, p90, p99, p99.9, max" in better.output
    assert same.output.count("no difference") == 8
    assert "one run of each" in same.output
    assert "one run of each" not in ran("compare", base, again, "--base", again).output


def test_a_comparison_is_there_for_programs(results: tuple[Path, Path, Path]) -> None:
    base, _, slow = results
    measures = json.loads(ran("compare", base, slow, "--json").output)["measures"]

    assert {each["name"]: each["verdict"] for each in measures}["p99"] == "worse"
    assert json.loads(ran("compare", base, slow, "--json", "--ignore", "100%").output)["measures"][0]["change"] > 1


def test_results_that_cannot_tell_end_with_3(results: tuple[Path, Path, Path]) -> None:
    base, _, slow = results
    slow.write_text(slow.read_text("utf-8").replace('"invalid": ""', '"invalid": "this client was the limit"'), "utf-8")
    short = base.with_name("short")
    short.write_text(as_json(a_run([[2.0]] * 4)), "utf-8")

    assert "INVALID: this client was the limit" in ran("compare", base, slow).output
    assert ran("compare", base, slow).exit_code == 3
    assert ran("compare", short, short).exit_code == 3
