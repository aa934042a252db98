"""docs/benchmarks/incident.py as a reader runs it: its report shows what was planted for what it is."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from linkedaccounts.loadtest.result import Result, read_result
from linkedaccounts.loadtest.slow_rules import slow_rules
from tests.cli.pages import Page
from tests.end_to_end.running import ROOT, environment


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Page]:
    folder = tmp_path_factory.mktemp("incident")
    result, report = folder / "incident.json", folder / "incident.html"
    # The rule is slower by more than a busy machine is, and the load is small: other quotes seldom wait for it.
    load = ("--seconds", "8", "--rate", "40", "--slower-by", "60", "--out", str(result), "--report", str(report))
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "benchmarks" / "incident.py"), *load],
        check=False,
        capture_output=True,
        text=True,
        timeout=90,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    return read_result(result.read_bytes()), Page(report.read_text("utf-8"))


def test_the_reload_and_the_killed_worker_are_seen(written: tuple[Result, Page]) -> None:
    result, page = written
    kinds = [event.kind for event in result.events]

    assert kinds.count("reload") == 1
    assert kinds.count("process-ended") == 1
    assert kinds.count("connections-broke") == 1
    assert "The policy changed from" in page.text
    assert re.search(r"A reload at \d+ s : p99 .* before, .* in the worst second, .* after", page.text)
    assert re.search(r"A killed worker at \d+ s : p99", page.text)
    assert "no call failed" in page.text or "UNAVAILABLE" in page.text


def test_the_slow_rule_is_seen_and_no_other_is_blamed(written: tuple[Result, Page]) -> None:
    result, page = written

    assert [each.rule for each in slow_rules(result.together)] == ["first-month-in-full"]
    assert "first-month-in-full is slow: quotes that this rule decides take" in page.text
