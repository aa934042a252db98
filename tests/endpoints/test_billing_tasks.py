"""The service notes the policy that serves, and has runs of billing made on a schedule; no failure ends either."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog

from linkedaccounts.application.refusals import TryAgain
from linkedaccounts.endpoints.billing_tasks import LOOK_SECONDS, bill_on_schedule, note_policies
from linkedaccounts.endpoints.service import Service
from linkedaccounts.settings import Settings, read_settings
from linkedaccounts.storage.faults import StorageFailed

UNREACHABLE = TryAgain(1.0, "STORAGE_UNREACHABLE")


class Pauses(list[float]):
    """Takes no time, notes every pause, does what is to happen in it, and cancels the task in the last one."""

    def __init__(self, *happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = iter(happens)

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        happens = next(self._happens, None)
        if happens is None:
            raise asyncio.CancelledError
        happens()


def nothing() -> None:
    """Time passes."""


class Noting:
    """A service, and the policies that its database took. Before it takes any, it raises each of ``failures``."""

    def __init__(self, *failures: Exception) -> None:
        self.noted: list[str] = []
        self._failures = iter(failures)
        self._policy = SimpleNamespace(current=SimpleNamespace(version="old"))
        billing = SimpleNamespace(note_policy=self._note)
        self.service = cast(Service, SimpleNamespace(policy=self._policy, billing=billing))

    def switch(self, version: str) -> None:
        self._policy.current = SimpleNamespace(version=version)

    def _note(self, policy: Any) -> None:
        if failure := next(self._failures, None):
            raise failure
        self.noted.append(policy.version)

    async def run(self, *happens: Callable[[], object]) -> Pauses:
        pauses = Pauses(*happens)
        with pytest.raises(asyncio.CancelledError):
            await note_policies(self.service, pause=pauses)
        return pauses


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as captured:
        yield captured


async def test_the_policy_that_serves_is_noted_once(logs: list[Any]) -> None:
    noting = Noting()
    pauses = await noting.run(nothing, nothing)

    assert noting.noted == ["old"]
    assert pauses == [LOOK_SECONDS] * 3
    assert logs == []


async def test_a_policy_is_noted_when_it_begins_to_serve_and_when_it_does_so_again() -> None:
    noting = Noting()
    await noting.run(lambda: noting.switch("new"), nothing, lambda: noting.switch("old"))

    assert noting.noted == ["old", "new", "old"]


async def test_a_database_that_cannot_be_reached_is_tried_again_and_complained_of_once(logs: list[Any]) -> None:
    noting = Noting(UNREACHABLE, UNREACHABLE, UNREACHABLE)
    await noting.run(nothing, nothing, nothing)

    assert noting.noted == ["old"]
    assert [(line["event"], line["policy_version"], line["log_level"]) for line in logs] == [
        ("policy_not_noted", "old", "error")
    ]


async def test_a_database_that_refuses_ends_nothing_and_each_problem_is_told(logs: list[Any]) -> None:
    full, locked = StorageFailed("OperationalError: database or disk is full"), RuntimeError("nobody foresaw it")
    noting = Noting(full, full, locked)
    await noting.run(nothing, nothing, nothing)

    assert noting.noted == ["old"]
    assert [line["problem"] for line in logs] == [str(full), str(locked)]


async def test_what_could_not_be_noted_gives_way_to_what_serves_by_now(logs: list[Any]) -> None:
    noting = Noting(UNREACHABLE, UNREACHABLE)
    await noting.run(lambda: noting.switch("new"), nothing)

    assert noting.noted == ["new"]
    assert [line["policy_version"] for line in logs] == ["old", "new"]


RUN = """
import json, os, sys
print(json.dumps({name: os.environ[name] for name in os.environ if name.startswith("LINKED_ACCOUNTS_")}))
print("the problem", file=sys.stderr)
sys.exit(int(sys.argv[1]))
"""
"""A command that says what settings it was given, and ends as it is told."""


def settings(tmp_path: Path, minutes: float = 15) -> Settings:
    return read_settings(
        {
            "billing_every_minutes": minutes,
            "data_dir": tmp_path,
            "database": "postgresql://service:secret@db/accounts",
        }
    )


async def billed(tmp_path: Path, exit_code: int, *happens: Callable[[], object]) -> Pauses:
    pauses = Pauses(*happens)
    command = (sys.executable, "-S", "-c", RUN, str(exit_code))
    with pytest.raises(asyncio.CancelledError):
        await bill_on_schedule(settings(tmp_path), command, pause=pauses)
    return pauses


async def test_a_run_is_made_at_once_and_then_each_so_many_minutes(tmp_path: Path, logs: list[Any]) -> None:
    pauses = await billed(tmp_path, 0, nothing)

    assert pauses == [900, 900]
    assert [(line["event"], line["exit_code"]) for line in logs] == [("billing_run", 0)] * 2


async def test_with_no_minutes_no_run_is_made(tmp_path: Path) -> None:
    pauses = Pauses()
    await bill_on_schedule(settings(tmp_path, minutes=0), ("no such command",), pause=pauses)

    assert pauses == []


async def test_a_run_works_on_the_database_of_the_service_and_no_argument_names_it(
    tmp_path: Path, logs: list[Any]
) -> None:
    await billed(tmp_path, 0)
    given = json.loads(logs[0]["summary"])

    assert given["LINKED_ACCOUNTS_DATABASE"] == "postgresql://service:secret@db/accounts"
    assert given["LINKED_ACCOUNTS_DATA_DIR"] == str(tmp_path)
    assert "LINKED_ACCOUNTS_RULES" in given


@pytest.mark.parametrize("exit_code", [4, 5])
async def test_what_is_set_aside_or_not_begun_yet_is_no_failure(
    tmp_path: Path, logs: list[Any], exit_code: int
) -> None:
    await billed(tmp_path, exit_code)

    assert [(line["event"], line["log_level"]) for line in logs] == [("billing_run", "info")]


async def test_a_run_that_fails_is_told_with_its_problem_and_the_next_one_comes(
    tmp_path: Path, logs: list[Any]
) -> None:
    pauses = await billed(tmp_path, 3, nothing)

    assert len(pauses) == 2
    assert [(line["event"], line["exit_code"], line["problem"]) for line in logs] == [
        ("billing_failed", 3, "the problem")
    ] * 2


async def test_a_run_that_cannot_be_started_is_told_and_tried_again(tmp_path: Path, logs: list[Any]) -> None:
    pauses = Pauses(nothing)
    with pytest.raises(asyncio.CancelledError):
        await bill_on_schedule(settings(tmp_path), (str(tmp_path / "nowhere"),), pause=pauses)

    assert [line["event"] for line in logs] == ["billing_failed"] * 2
    assert "No such file" in logs[0]["problem"]


async def test_a_run_ends_with_the_service(tmp_path: Path) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    forever = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(3600)"
    command = (sys.executable, "-S", "-c", forever, str(started))
    task = asyncio.create_task(bill_on_schedule(settings(tmp_path), command))
    process = int(await asyncio.to_thread(started.read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
