"""What PolicyService and the metrics say of the policy in use, of what does not serve, and of what did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from prometheus_client import CollectorRegistry

from linkedaccounts.application.keep_policy import PolicyKeeper, RejectedCandidate, Standing
from linkedaccounts.application.policies_port import Cause, Pin, Served
from linkedaccounts.endpoints.counts import as_line, counts_of, from_line
from linkedaccounts.endpoints.metrics import ServiceMetrics
from linkedaccounts.endpoints.tally import Tally
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


def test_the_metrics_tell_the_age_of_rates_the_policy_and_what_was_counted() -> None:
    tally, held = Tally(at_work=2), keeper(STANDING)
    held.refuse([PROBLEM])
    tally.ended["/a.B/C", "OK"] = 5
    tally.quotes["hit"] = 3
    registry = CollectorRegistry()
    shadow: Any = SimpleNamespace(counts={"different": 7})
    service = replace(service_with(policy=held), shadow=shadow)
    registry.register(ServiceMetrics(service, lambda: from_line(as_line(counts_of(service, tally)))))

    values = {
        "linked_accounts_rate_book_age_days": {},
        "linked_accounts_policy_info": {"version": "one"},
        "linked_accounts_policy_loads_total": {"result": "refused"},
        "linked_accounts_policy_refused": {},
        "linked_accounts_policy_pinned": {},
        "linked_accounts_calls_at_work": {},
        "linked_accounts_calls_total": {"method": "/a.B/C", "status": "OK"},
        "linked_accounts_decisions_total": {"record": "written"},
        "linked_accounts_quotes_total": {"answer": "hit"},
        "linked_accounts_shadow_total": {"result": "different"},
    }
    assert [registry.get_sample_value(name, labels) for name, labels in values.items()] == [
        0,
        1,
        1,
        1,
        1,
        2,
        5,
        0,
        3,
        7,
    ]
