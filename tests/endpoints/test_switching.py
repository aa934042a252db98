"""All workers switch to a policy, or none: a supervisor with small programs for workers, and a worker's side of it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.application.keep_policy import PolicyKeeper, RejectedCandidate, Standing
from linkedaccounts.application.policies_port import Pin
from linkedaccounts.endpoints import worker_orders
from linkedaccounts.endpoints.worker_orders import WorkerOrders
from linkedaccounts.endpoints.worker_process import PREPARED, PROBLEMS, STANDINGS, Prepare
from linkedaccounts.endpoints.workers import Workers
from tests.application.policies import PROBLEM, policy, rejected
from tests.endpoints.running import until

MOMENT = datetime(2019, 10, 1, 12, 30, tzinfo=UTC)
STANDING = Standing(RejectedCandidate(MOMENT, (PROBLEM,)), Pin("one", MOMENT, "ops"), "two")
NEW = Prepare("two", Path("the new rules"))

WORKER = """
import json, os, pathlib, sys
place = pathlib.Path(sys.argv[1], str(os.getpid()))
told = place.open("w", buffering=1)
told.write(sys.stdin.readline())
print("serving", flush=True)
for line in sys.stdin:
    told.write(line)
    word, number, _ = (line + " ").split(" ", 2)
    number = number.strip()
    does = pathlib.Path(sys.argv[1], word.strip()).read_text() if word.strip() in ("prepare", "switch") else ""
    if does == "end":
        os._exit(1)
    if does:
        print(does.replace("#", number), flush=True)
"""
"""Writes down what it is told, and does on `prepare` and `switch` what files of these names say."""


class Orchestra:
    """Two such workers that run."""

    def __init__(self, place: Path, prepare: str = "ready #", switch: str = "switched #") -> None:
        self.place = place
        self.do(prepare, switch)
        self.looks: list[str] = []
        command = [sys.executable, "-c", WORKER, str(place)]
        self.workers = Workers(command, '{"rules": "old"}', 2, 0, on_look=lambda: self.looks.append("look"))

    def do(self, prepare: str, switch: str = "switched #") -> None:
        (self.place / "prepare").write_text(prepare, "utf-8")
        (self.place / "switch").write_text(switch, "utf-8")

    def told(self) -> list[list[str]]:
        """What each worker that serves was told after its settings, word by word without contents."""
        lines = [(self.place / str(pid)).read_text("utf-8").splitlines() for pid in self.workers.process_ids]
        return [[line.partition(" {")[0] for line in each[1:]] for each in lines]

    def settings(self) -> set[str]:
        return {(self.place / str(pid)).read_text("utf-8").splitlines()[0] for pid in self.workers.process_ids}


@asynccontextmanager
async def playing(orchestra: Orchestra) -> AsyncIterator[Workers]:
    workers = orchestra.workers
    running = asyncio.ensure_future(workers.run())
    await until(lambda: workers.serving == 2)
    try:
        yield workers
    finally:
        await workers.stop(signal.SIGTERM, 60)
        await running


async def test_all_get_ready_then_all_switch_and_who_begins_later_begins_with_it(tmp_path: Path) -> None:
    orchestra = Orchestra(tmp_path)
    async with playing(orchestra) as workers:
        assert await workers.prepare(NEW) == ()
        assert orchestra.told() == [["prepare 1"]] * 2
        await workers.switch(NEW, '{"rules": "new"}')
        assert orchestra.told() == [["prepare 1", "switch 1"]] * 2
        workers.signal(signal.SIGKILL)
        await until(lambda: orchestra.workers.serving == 2 and orchestra.settings() == {'{"rules": "new"}'})


async def test_if_one_refuses_all_drop_it_and_the_reason_is_known(tmp_path: Path) -> None:
    orchestra = Orchestra(tmp_path, f"refused # {PROBLEMS.dump_json((PROBLEM,)).decode()}")
    async with playing(orchestra) as workers:
        assert await workers.prepare(NEW) == (PROBLEM,)
        await until(lambda: orchestra.told() == [["prepare 1", "drop 1"]] * 2)


@pytest.mark.parametrize("does,seconds", [("deaf", 0.0), ("end", 60.0)])
async def test_if_one_does_not_answer_none_switches(tmp_path: Path, does: str, seconds: float) -> None:
    orchestra = Orchestra(tmp_path, does)
    async with playing(orchestra) as workers:
        assert [problem.code for problem in await workers.prepare(NEW, seconds)] == ["worker-not-ready"]


async def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_one(tmp_path: Path) -> None:
    orchestra = Orchestra(tmp_path)
    async with playing(orchestra) as workers:
        assert await workers.prepare(NEW, 0) != ()
        await until(lambda: orchestra.told() == [["prepare 1", "drop 1"]] * 2)
        orchestra.do(f"refused # {PROBLEMS.dump_json((PROBLEM,)).decode()}")
        assert await workers.prepare(NEW) == (PROBLEM,)


async def test_one_that_does_not_switch_is_replaced_by_one_that_begins_with_it(tmp_path: Path) -> None:
    orchestra = Orchestra(tmp_path, switch="end")
    async with playing(orchestra) as workers:
        before = set(workers.process_ids)
        assert await workers.prepare(NEW) == ()
        await workers.switch(NEW, '{"rules": "new"}')
        await until(lambda: workers.serving == 2 and not before & set(workers.process_ids))
        assert orchestra.settings() == {'{"rules": "new"}'}


async def test_one_that_was_not_there_to_get_ready_is_brought_up_to_date(tmp_path: Path) -> None:
    orchestra = Orchestra(tmp_path)
    async with playing(orchestra) as workers:
        absent = workers._serving.pop()
        assert await workers.prepare(NEW) == ()
        workers._serving.add(absent)
        await workers.switch(NEW, "{}")
        assert sorted(orchestra.told()) == [["prepare 1", "switch 1"]] * 2


async def test_all_are_told_how_things_stand_and_so_is_who_begins_later(tmp_path: Path) -> None:
    orchestra = Orchestra(tmp_path)
    async with playing(orchestra) as workers:
        workers.announce(STANDING)
        await until(lambda: orchestra.told() == [["standing"]] * 2)
        workers.signal(signal.SIGKILL)
        await until(lambda: workers.serving == 2 and orchestra.told() == [["standing"]] * 2)


async def test_a_worker_may_ask_to_look(tmp_path: Path) -> None:
    orchestra = Orchestra(tmp_path, "look\nready #")
    async with playing(orchestra) as workers:
        assert await workers.prepare(NEW) == ()
        assert orchestra.looks == ["look"] * 2


async def test_what_workers_counted_is_summed_and_what_the_ended_did_is_not_forgotten(tmp_path: Path) -> None:
    orchestra = Orchestra(tmp_path, 'counted [[["calls","/a.B/C","OK"],5],[["at_work"],1]]\nready #')
    async with playing(orchestra) as workers:
        assert await workers.prepare(NEW) == ()
        assert workers.counts == {("calls", "/a.B/C", "OK"): 10, ("at_work",): 2}
        one = workers.process_ids[0]
        os.kill(one, signal.SIGKILL)
        await until(lambda: workers.serving == 2 and one not in workers.process_ids)
        assert workers.counts == {("calls", "/a.B/C", "OK"): 10, ("at_work",): 1}


class Worker:
    """A worker's side; it loads ``loaded`` from any directory, or that is what loading raises."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, loaded: Any) -> None:
        self.said: list[str] = []
        self.keeper = PolicyKeeper(policy("one"), lambda: MOMENT)
        self.orders = WorkerOrders(self.keeper, self.said.append)
        monkeypatch.setattr(worker_orders, "load_policy", lambda directory: self._load(loaded))

    @staticmethod
    def _load(loaded: Any) -> Any:
        if isinstance(loaded, Exception):
            raise loaded
        return loaded

    async def does(self, *lines: str, until_said: int = 0) -> list[str]:
        """What it has said after these lines."""
        told: asyncio.Queue[bytes | None] = asyncio.Queue()

        async def each() -> AsyncIterator[bytes]:
            while line := await told.get():
                yield line

        following = asyncio.ensure_future(self.orders.follow(each()))
        for line in lines:
            told.put_nowait(line.encode() + b"\n")
        await until(lambda: len(self.said) >= until_said and told.empty())
        told.put_nowait(None)
        await following
        return self.said


PREPARE = f"prepare 7 {PREPARED.dump_json(NEW).decode()}"


async def test_a_worker_answers_with_the_old_policy_until_it_is_told_to_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(monkeypatch, policy("two"))
    assert await worker.does(PREPARE, until_said=1) == ["ready 7"]
    assert worker.keeper.current.version == "one"
    assert await worker.does("switch 8", "switch 7", "switch 7") == ["ready 7", "switched 7"]
    assert worker.keeper.current.version == "two"


async def test_what_is_dropped_is_not_switched_to(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(monkeypatch, policy("two"))
    await worker.does(PREPARE, until_said=1)
    assert await worker.does("drop 7", "switch 7") == ["ready 7"]
    assert worker.keeper.current.version == "one"


@pytest.mark.parametrize(
    "loaded,problem",
    [
        (rejected(), "there is no field `firstmonth`"),
        (OSError("the disk is gone"), "the disk is gone"),
        (policy("three"), "the files were changed: they are version three"),
    ],
)
async def test_a_worker_says_why_it_refuses(monkeypatch: pytest.MonkeyPatch, loaded: Any, problem: str) -> None:
    worker = Worker(monkeypatch, loaded)
    (said,) = await worker.does(PREPARE, until_said=1)
    word, number, content = said.split(" ", 2)
    assert (word, number) == ("refused", "7")
    assert problem in json.loads(content)[0]["message"]
    assert PROBLEMS.validate_json(content)
    assert worker.keeper.current.version == "one"


async def test_a_worker_knows_how_things_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(monkeypatch, policy("two"))
    await worker.does(f"standing {STANDINGS.dump_json(STANDING).decode()}")
    assert worker.keeper.standing == STANDING
