"""New rule files while the service runs: what the log, the metrics and GetPolicy say of them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from prometheus_client import CollectorRegistry

from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.logging_setup import logging_to
from linkedaccounts.endpoints.metrics import ServiceMetrics
from linkedaccounts.endpoints.policy_reload import PolicyReload
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.policy.model import PolicyFile
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.v1 import policy_service_pb2 as contract
from tests.endpoints.running import running, service_with

MOMENT = datetime(2019, 10, 1, 12, 30, tzinfo=UTC)
PROBLEM = Problem(Place("fees/charging.yaml", 7, 3), "unknown-field", "there is no field `firstmonth`", "a hint", "  x")


def policy(version: str) -> Any:
    files = (PolicyFile("b.yaml", b"bb", 2), PolicyFile("a.yaml", b"aa", 1))
    return SimpleNamespace(version=version, files=files)


def rejecting() -> Any:
    raise PolicyRejected([PROBLEM])


def broken() -> Any:
    raise OSError("the disk is gone")


def keeper_of(*loads: Callable[[], Any]) -> PolicyKeeper:
    """A keeper that loads in turn."""
    turns = iter(loads)

    def load() -> Any:
        return next(turns)()

    return PolicyKeeper(load, lambda: MOMENT)


async def reload_logged(keeper: PolicyKeeper, tally: Tally) -> dict[str, Any]:
    stream = io.BytesIO()
    with logging_to(Log(stream)):
        await PolicyReload(keeper, tally)()
    line: dict[str, Any] = json.loads(stream.getvalue())
    return line


async def test_a_sound_policy_takes_over_and_the_log_says_which() -> None:
    keeper, tally = keeper_of(lambda: policy("one"), lambda: policy("two")), Tally()

    line = await reload_logged(keeper, tally)

    assert (line["event"], line["level"], line["policy_version"]) == ("policy_reloaded", "info", "two")
    assert (tally.policies_taken, tally.policies_refused) == (2, 0)


async def test_a_bad_policy_is_refused_with_its_problems_and_the_old_one_goes_on() -> None:
    keeper, tally = keeper_of(lambda: policy("one"), rejecting), Tally()

    line = await reload_logged(keeper, tally)

    assert (line["event"], line["level"], line["policy_version"]) == ("policy_rejected", "error", "one")
    assert line["problems"] == [str(PROBLEM)]
    assert (tally.policies_taken, tally.policies_refused) == (1, 1)


async def test_a_failure_that_nobody_foresaw_leaves_the_old_policy_too() -> None:
    keeper, tally = keeper_of(lambda: policy("one"), broken), Tally()

    line = await reload_logged(keeper, tally)

    assert (line["event"], line["policy_version"]) == ("policy_rejected", "one")
    assert "the disk is gone" in line["problems"][0]
    assert tally.policies_refused == 1


async def test_get_policy_shows_files_by_path_and_the_last_candidate_that_was_refused() -> None:
    keeper = keeper_of(lambda: policy("one"), rejecting)
    keeper.reload()
    async with running(service_with(policy=keeper)) as server:
        answer = await server.policies.GetPolicy(contract.GetPolicyRequest())

    assert answer.version == "one"
    assert answer.loaded_at.ToDatetime(UTC) == answer.last_rejected.rejected_at.ToDatetime(UTC) == MOMENT
    assert [(file.path, file.sha256, file.rule_count) for file in answer.files] == [
        ("a.yaml", sha256(b"aa").hexdigest(), 1),
        ("b.yaml", sha256(b"bb").hexdigest(), 2),
    ]
    assert answer.last_rejected.problems[0] == contract.PolicyProblem(
        file="fees/charging.yaml",
        line=7,
        column=3,
        code="unknown-field",
        message="there is no field `firstmonth`",
        hint="a hint",
    )


def test_the_metrics_tell_the_age_of_rates_the_policy_and_what_was_counted() -> None:
    tally = Tally(at_work=2, policies_refused=3)
    tally.ended["/a.B/C", "OK"] = 5
    registry = CollectorRegistry()
    registry.register(ServiceMetrics(service_with(policy=keeper_of(lambda: policy("one"))), tally))

    values = {
        "linked_accounts_rate_book_age_days": {},
        "linked_accounts_policy_info": {"version": "one"},
        "linked_accounts_policy_loads_total": {"result": "refused"},
        "linked_accounts_calls_at_work": {},
        "linked_accounts_calls_total": {"method": "/a.B/C", "status": "OK"},
    }
    assert [registry.get_sample_value(name, labels) for name, labels in values.items()] == [0, 1, 3, 2, 5]
