from __future__ import annotations

from pathlib import Path

from linkedaccounts.loadtest.result import read_result
from tests.end_to_end.running import command


def test_a_load_test_starts_a_service_of_its_own_and_asks_it(tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    load = ("--rate", "1s:20", "--arrivals", "constant", "--warm-up", "1s", "--connections", "2")
    done = command("loadtest", "run", "--self", *load, "--check", "100%", "--errors", "0%", "--out", str(out))
    found = read_result(out.read_bytes())

    assert done.returncode in {0, 3}, done.stderr  # 3: a busy machine sent calls late
    assert (found.totals.calls, found.totals.unexpected, found.checked.wrong) == (20, 0, 0)
    assert found.rules
    assert {usage.second for usage in found.usage} >= {-1, 0}
    assert all(usage.memory_bytes for usage in found.usage)


def test_a_service_of_its_own_that_does_not_start_is_shown() -> None:
    done = command("loadtest", "run", "--self", "--rate", "5", "--serve-flag", "--workers=0")

    assert done.returncode == 1
    assert "the service did not start" in done.stderr
    assert "workers" in done.stderr
