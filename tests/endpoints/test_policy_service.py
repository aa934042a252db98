"""What PolicyService and the metrics say of the policy in use, of what does not serve, and of what did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from linkedaccounts.application.keep_policy import PolicyKeeper, RejectedCandidate, Standing
from linkedaccounts.application.policies_port import Cause, Pin, Served
from linkedaccounts.policy.model import PolicyFile
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import Problem, Severity
from linkedaccounts.v1 import policy_service_pb2 as contract
from tests.application.policies import PROBLEM, PoliciesInMemory
from tests.endpoints.running import running, service_with

MOMENT = datetime(2019, 10, 1, 12, 30, tzinfo=UTC)
LATER = datetime(2019, 10, 2, tzinfo=UTC)
WARNING = Problem(Place("fees/plans.yaml", 3, 5), "values-run-out", "the caps end", severity=Severity.WARNING)
EXAMPLE = "cases_of: charging\n"
STANDING = Standing(
    RejectedCandidate(LATER, (replace(PROBLEM, counterexample=EXAMPLE),)), Pin("one", LATER, "ops"), "two"
)


def keeper(standing: Standing | None = None) -> PolicyKeeper:
    files = (PolicyFile("b.yaml", b"bb", 2), PolicyFile("a.yaml", b"aa", 1))
    current: Any = SimpleNamespace(version="one", files=files, warnings=(WARNING,))
    return PolicyKeeper(current, lambda: MOMENT, standing)


async def test_get_policy_shows_files_by_path_and_why_the_rules_do_not_serve() -> None:
    async with running(service_with(policy=keeper(STANDING))) as server:
        answer = await server.policies.GetPolicy(contract.GetPolicyRequest())

    assert (answer.version, answer.waiting_version) == ("one", "two")
    assert answer.loaded_at.ToDatetime(UTC) == MOMENT
    assert [(file.path, file.sha256, file.rule_count) for file in answer.files] == [
        ("a.yaml", sha256(b"aa").hexdigest(), 1),
        ("b.yaml", sha256(b"bb").hexdigest(), 2),
    ]
    assert answer.last_rejected.rejected_at.ToDatetime(UTC) == answer.pinned.pinned_at.ToDatetime(UTC) == LATER
    assert (answer.pinned.version, answer.pinned.caller) == ("one", "ops")
    assert answer.last_rejected.problems[0] == contract.PolicyProblem(
        file="fees/charging.yaml",
        line=7,
        column=3,
        code="unknown-field",
        message="there is no field `firstmonth`",
        hint="a hint",
        severity=contract.PROBLEM_SEVERITY_ERROR,
        counterexample=EXAMPLE,
    )
    assert [(problem.code, problem.severity) for problem in answer.warnings] == [
        ("values-run-out", contract.PROBLEM_SEVERITY_WARNING)
    ]


async def test_get_policy_leaves_out_what_there_is_not() -> None:
    async with running(service_with(policy=keeper())) as server:
        answer = await server.policies.GetPolicy(contract.GetPolicyRequest())

    assert not answer.HasField("last_rejected")
    assert not answer.HasField("pinned")


async def test_what_served_is_listed_the_newest_first_each_until_the_next_began() -> None:
    history = [Served("gone", MOMENT, Cause.START), Served("one", LATER, Cause.ROLLBACK, "ops")]
    policies: Any = PoliciesInMemory(None, kept={"one": None}, served=history)
    async with running(replace(service_with(policy=keeper()), policies=policies)) as server:
        answer = await server.policies.ListPolicyVersions(contract.ListPolicyVersionsRequest())

    newest, oldest = answer.served
    assert (newest.version, newest.cause, newest.caller, newest.kept) == (
        "one",
        contract.POLICY_CAUSE_ROLLBACK,
        "ops",
        True,
    )
    assert (oldest.version, oldest.cause, oldest.caller, oldest.kept) == (
        "gone",
        contract.POLICY_CAUSE_START,
        "",
        False,
    )
    assert not newest.HasField("ended_at")
    assert oldest.ended_at == newest.began_at
    assert (oldest.began_at.ToDatetime(UTC), newest.began_at.ToDatetime(UTC)) == (MOMENT, LATER)
    assert answer.previous_version == ""
