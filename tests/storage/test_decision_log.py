"""Whatever becomes of the record, callers are answered, and what was lost is said."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from linkedaccounts.application.decision_record import DecisionMade
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.counts import counts_of
from linkedaccounts.endpoints.logging_setup import logging_to
from linkedaccounts.endpoints.metrics import ServiceMetrics
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.storage.decision_files import Bounds, DecisionFiles
from linkedaccounts.storage.decision_log import DecisionLog
from tests.endpoints.running import service_with

MADE = DecisionMade("link", {"actor.role": "member", "account.status": None}, (), "5eed")
ROOMY = Bounds(10**6, 10**7)


class Disk:
    """Writes, or is full."""

    full = False

    def write(self, file: int, content: bytes) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return os.write(file, content)


class Clock:
    """A second goes by whenever it is looked at."""

    now = datetime(2019, 9, 30, 12, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def disk() -> Disk:
    return Disk()


def log_on(disk: Disk, directory: Path, **options: Any) -> DecisionLog:
    files = DecisionFiles(directory, ROOMY, disk.write)
    return DecisionLog(files, lambda: ("call-1", "/a.Service/Method"), clock=Clock(), **options)


def lines_in(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in sorted(directory.iterdir()) for line in file.read_bytes().splitlines()]


def test_a_decision_is_recorded_with_its_call(disk: Disk, tmp_path: Path) -> None:
    log = log_on(disk, tmp_path)
    log.start()
    log(MADE)
    log.stop()
    assert lines_in(tmp_path) == [
        {
            "schema": 1,
            "decision": "link",
            "at": "2019-09-30T12:00:01.000Z",
            "request_id": "call-1",
            "method": "/a.Service/Method",
            "policy_version": "5eed",
            "facts": {"actor.role": "member"},
            "outcome": {"allowed": True, "rules": []},
        }
    ]
    assert (log.recorded, log.lost) == (1, 0)


def _next_call(calls: Iterator[str]) -> tuple[str, str]:
    return next(calls), ""


def test_of_the_calls_a_share_is_recorded_the_same_one_everywhere(disk: Disk, tmp_path: Path) -> None:
    kept = []
    for place in ("one", "other"):
        calls = (f"call-{number // 2}" for number in range(4000))
        log = DecisionLog(DecisionFiles(tmp_path / place, ROOMY), partial(_next_call, calls), share=0.25)
        for _ in range(4000):
            log(MADE)
        log.stop()
        kept.append([line["request_id"] for line in lines_in(tmp_path / place)])
    assert kept[0] == kept[1]
    assert kept[0][::2] == kept[0][1::2]
    assert 900 < len(kept[0]) < 1100


def test_no_share_is_no_record(tmp_path: Path) -> None:
    log = DecisionLog(DecisionFiles(tmp_path / "none", ROOMY), lambda: ("", ""), share=0)
    log.start()
    log(MADE)
    log.stop()
    assert not (tmp_path / "none").exists()


def test_what_a_full_disk_does_not_take_waits_and_what_does_not_fit_is_said_to_be_lost(
    disk: Disk, tmp_path: Path
) -> None:
    log, said = log_on(disk, tmp_path, capacity=3), io.BytesIO()
    with logging_to(Log(said)):
        log(MADE)
        log.write_waiting()
        disk.full = True
        for _ in range(5):
            log(MADE)
            log.write_waiting()
        disk.full = False
        log.write_waiting()
        log.stop()
    assert (log.recorded, log.lost) == (4, 2)
    lines = lines_in(tmp_path)
    assert [line.get("lost") for line in lines] == [None, 2, None, None, None]
    assert lines[1]["since"] < lines[1]["until"]
    events = [json.loads(line) for line in said.getvalue().splitlines()]
    assert [event["event"] for event in events] == [
        "decisions_not_recorded",  # and not again within a minute
        "decisions_recorded_again",
    ]
    assert events[0]["problem"] == "No space left on device"
    assert events[1]["lost"] == 2


def test_what_cannot_be_written_at_the_end_is_lost_and_the_service_stops_all_the_same(
    disk: Disk, tmp_path: Path
) -> None:
    log, said = log_on(disk, tmp_path), io.BytesIO()
    disk.full = True
    with logging_to(Log(said)):
        log.start()
        log(MADE)
        log.stop()
    assert (log.recorded, log.lost) == (0, 1)
    assert json.loads(said.getvalue().splitlines()[-1])["lost"] == 1


def test_a_directory_that_cannot_be_made_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    log = DecisionLog(DecisionFiles(tmp_path / "file" / "decisions", ROOMY), lambda: ("", ""))
    log(MADE)
    log.stop()
    assert log.lost == 1


def test_a_decision_of_which_no_line_can_be_made_is_lost_alone(disk: Disk, tmp_path: Path) -> None:
    log = log_on(disk, tmp_path)
    log(MADE._replace(decision="no such decision"))
    log(MADE)
    log.stop()
    assert (log.recorded, log.lost) == (1, 1)


def test_metrics_tell_how_many_were_recorded_and_how_many_lost(disk: Disk, tmp_path: Path) -> None:
    log = log_on(disk, tmp_path, capacity=1)
    log(MADE)
    log(MADE)
    log.stop()
    registry = CollectorRegistry()
    service = replace(service_with(), decisions=log)
    registry.register(ServiceMetrics(service, lambda: counts_of(service, Tally())))
    told = generate_latest(registry).decode()
    assert 'linked_accounts_decisions_total{record="written"} 1.0' in told
    assert 'linked_accounts_decisions_total{record="lost"} 1.0' in told
