"""`linked-accounts events`: what it prints of a running service, and what it takes away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from grpc import StatusCode

from linkedaccounts.cli.main import main
from linkedaccounts.client import Failure, Unavailable
from linkedaccounts.client.following import Interrupted
from linkedaccounts.storage.event_log import SqlCursor, SqlEventLog
from linkedaccounts.storage.opening import open_storage
from linkedaccounts.v1.event_service_pb2 import SubscribeResponse
from tests.application.events.happenings import AT
from tests.endpoints.test_events import tell
from tests.endpoints.test_process import serving


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["events", *arguments])


def test_events_are_printed_a_line_each_and_on_from_a_position(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'accounts.db'}"
    with closing(open_storage(url)) as storage:
        tell(storage, *"abcd")
    with serving(tmp_path, "--database", url) as service:
        kind = ("--kind", "status_changed")
        whole = run("follow", "--target", service.target, "--most", "4", *kind)
        rest = run("follow", "--target", service.target, "--after", "2", "--most", "2", *kind)
        beyond = run("follow", "--target", service.target, "--after", "1000000")

    lines = [json.loads(line) for line in whole.stdout.splitlines()]
    assert [line["sellerId"] for line in lines] == [*"abcd"]
    assert lines[0]["statusChanged"]["status"] == "ACCOUNT_STATUS_ACTIVE"
    assert rest.stdout.splitlines() == whole.stdout.splitlines()[2:]
    assert (beyond.exit_code, "1000000" in beyond.stderr) == (3, True)


def test_that_the_service_is_away_and_that_it_is_back_is_said_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def follow(*_: object, interrupted: Interrupted, **__: object) -> Iterator[SubscribeResponse]:
        yield SubscribeResponse(position=7)
        interrupted(None, 1.0)  # a stream that ended as it should
        for _wait in range(3):
            interrupted(Unavailable(Failure(StatusCode.UNAVAILABLE, message="nobody is there")), 1.0)
        yield SubscribeResponse(position=8)
        yield SubscribeResponse(position=9)

    monkeypatch.setattr("linkedaccounts.client.synchronous_events.Events.follow", follow)

    assert run("follow").stderr.splitlines() == [
        "the service is away, and called again and again until it is back: nobody is there",
        "the service is back, at position 8",
    ]


def test_what_is_old_goes_unless_the_broker_lacks_it_still(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'accounts.db'}"
    with closing(open_storage(url)) as storage:
        tell(storage, *"abc")
        SqlEventLog(storage).extent()
        SqlCursor(storage).take("one", AT, AT)
        SqlCursor(storage).move("one", 2, AT)

    first = run("prune", "--keep-days", "30", "--database", url)
    second = run("prune", "--keep-days", "30", "--database", url, "--unpublished-too")

    assert first.stdout.startswith("took away 2 events")
    assert "lacks 1 events" in first.stderr
    assert second.stdout.startswith("took away 1 events")
