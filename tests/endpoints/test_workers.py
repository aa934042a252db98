"""The supervisor's care for its processes, with small programs in their place."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.endpoints.counts import AT_WORK, as_line
from linkedaccounts.endpoints.worker_process import WorkerProcess
from linkedaccounts.endpoints.workers import KILL_AFTER_SECONDS, WorkerFailed, Workers
from tests.endpoints.running import until

SERVES = "import sys; print('serving', flush=True); sys.stdin.read()"


def python(program: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", program, *map(str, arguments)]


def workers_of(program: str, *arguments: object, count: int = 2) -> Workers:
    return Workers(python(program, *arguments), '{"port": 7}', count, back_off=0)


async def until_serving(workers: Workers, count: int) -> list[int]:
    await until(lambda: workers.serving >= count)
    return workers.process_ids


async def test_every_worker_is_told_the_settings(tmp_path: Path) -> None:
    told = "import os, pathlib, sys; pathlib.Path(sys.argv[1], str(os.getpid())).write_text(sys.stdin.readline());"
    workers = workers_of(told + SERVES, tmp_path, count=3)
    running = asyncio.ensure_future(workers.run())
    await until_serving(workers, 3)
    await workers.stop(signal.SIGTERM, 60)
    await running

    assert texts_in(tmp_path) == ['{"port": 7}\n'] * 3


def texts_in(directory: Path) -> list[str]:
    return [path.read_text("utf-8") for path in directory.iterdir()]


async def test_a_worker_that_is_killed_is_started_again() -> None:
    workers = workers_of(SERVES)
    running = asyncio.ensure_future(workers.run())
    first, second = await until_serving(workers, 2)
    os.kill(first, signal.SIGKILL)
    await until(lambda: first not in workers.process_ids)
    after = await until_serving(workers, 2)
    await workers.stop(signal.SIGTERM, 60)
    await running

    assert second in after
    assert first not in after


async def test_workers_that_cannot_begin_end_the_supervisor_with_their_exit_code() -> None:
    with pytest.raises(WorkerFailed) as caught:
        await workers_of("raise SystemExit(2)").run()

    assert caught.value.exit_code == 2


LIVES = """
import os, sys
sys.stdin.readline()
number = 0
while os.path.exists(place := os.path.join(sys.argv[1], str(number))):
    number += 1
os.mkdir(place)
if number in (2, 3):
    sys.exit(3)
"""
"""Ends its third and fourth life before it serves. Lives begin one after the other."""


async def test_while_one_serves_another_may_try_until_it_can(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    workers = workers_of(SERVES, count=1)
    other = Workers(python(LIVES + SERVES, tmp_path), "{}", 1, back_off=0)
    other._serving = workers._serving
    running = [asyncio.ensure_future(both.run()) for both in (workers, other)]
    await until(lambda: workers.serving == 2)
    for process in other._running:
        process.kill()
    await until((tmp_path / "4").exists)
    await until(lambda: workers.serving == 2)
    for both in (workers, other):
        await both.stop(signal.SIGTERM, 60)
    await asyncio.gather(*running)


async def test_a_worker_that_does_not_end_is_killed() -> None:
    stubborn = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); sys.stdin.readline();" + SERVES
    workers = Workers(python(stubborn), "{}", 1)
    running = asyncio.ensure_future(workers.run())
    await until_serving(workers, 1)
    await workers.stop(signal.SIGTERM, -KILL_AFTER_SECONDS)
    await running

    assert workers.serving == 0


async def test_a_worker_that_was_being_started_when_all_were_stopped_is_not_left_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workers = workers_of(SERVES, count=1)
    start = WorkerProcess.start

    async def started_too_late(*given: Any) -> WorkerProcess:
        worker = await start(*given)
        await workers.stop(signal.SIGTERM, 0)
        return worker

    monkeypatch.setattr(WorkerProcess, "start", started_too_late)

    async with asyncio.timeout(30):
        await workers.run()


async def test_counts_outlive_their_worker_but_for_what_it_had_at_work() -> None:
    counted = as_line(Counter({("quotes", "hit"): 5, ("decisions", "lost"): 0, AT_WORK: 2}))
    workers = workers_of(
        f"import sys; print('serving'); print('counted {counted}', flush=True); sys.stdin.read()", count=1
    )
    running = asyncio.ensure_future(workers.run())
    await until(lambda: workers.counts["quotes", "hit"] == 5)
    os.kill(workers.process_ids[0], signal.SIGKILL)
    await until(lambda: workers.counts["quotes", "hit"] == 10)
    counts = workers.counts
    await workers.stop(signal.SIGTERM, 60)
    await running

    assert counts == {("quotes", "hit"): 10, ("decisions", "lost"): 0, AT_WORK: 2}
    assert ("decisions", "lost") in counts
