"""`policy status`, `rollback` and `resume`: what an operator sees of a service that runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from linkedaccounts.v1 import policy_service_pb2 as contract
from tests.cli.conftest import Run
from tests.client.fake_service import FakeService

ONE, TWO = "1111111111112222", "2222222222223333"


def at(hour: int) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(datetime(2019, 9, 30, hour, tzinfo=UTC))
    return stamp


PROBLEM = contract.PolicyProblem(
    file="fees/notes.yaml",
    line=3,
    column=1,
    code="bad-yaml",
    message="this is not YAML",
    hint="close the bracket",
    severity=contract.PROBLEM_SEVERITY_ERROR,
    counterexample="cases_of: notes\n",
)
SERVED = [
    contract.ServedPolicy(version=ONE, began_at=at(12), cause=contract.POLICY_CAUSE_ROLLBACK, caller="ops", kept=True),
    contract.ServedPolicy(version=TWO, began_at=at(11), ended_at=at(12), cause=contract.POLICY_CAUSE_RULES, kept=True),
    contract.ServedPolicy(version=ONE, began_at=at(10), ended_at=at(11), cause=contract.POLICY_CAUSE_START),
]


@pytest.fixture
def rolled_back(service: FakeService) -> FakeService:
    service.policy = contract.GetPolicyResponse(
        version=ONE,
        loaded_at=at(12),
        files=[contract.PolicyFile(path="a.yaml", rule_count=2), contract.PolicyFile(path="b.yaml", rule_count=1)],
        last_rejected=contract.RejectedPolicy(rejected_at=at(13), problems=[PROBLEM]),
        pinned=contract.PinnedPolicy(version=ONE, pinned_at=at(12), caller="ops"),
        waiting_version=TWO,
        shadow_version=TWO,
    )
    service.versions = contract.ListPolicyVersionsResponse(served=SERVED, previous_version=TWO)
    return service


def test_status_says_what_serves_since_when_and_why_the_rules_do_not(run: Run, rolled_back: FakeService) -> None:
    output = run("policy", "status").output
    assert output.startswith(
        """\
Policy 111111111111, in use since 2019-09-30 12:00:00: 2 files, 3 rules.
ROLLED BACK by ops on 2019-09-30 12:00:00: the rule files are checked, but do not serve until `policy resume`.
The rule files are sound and wait for that: they are version 222222222222.
Policy 222222222222 decides beside it, as a shadow that answers nobody.
REFUSED on 2019-09-30 13:00:00: the rule files as they stand do not serve. Problems: 1

fees/notes.yaml:3:1: this is not YAML [bad-yaml]
    close the bracket
    for example, as a case in `tests`:
        cases_of: notes
"""
    )
    rows = [" ".join(line.split()) for line in output.splitlines()[-3:]]
    assert rows == [
        "111111111111 2019-09-30 12:00:00 rollback by ops",
        "222222222222 2019-09-30 11:00:00 2019-09-30 12:00:00 rule files",
        "111111111111 2019-09-30 10:00:00 2019-09-30 11:00:00 start, not kept",
    ]


@pytest.mark.parametrize("severity", [contract.PROBLEM_SEVERITY_UNSPECIFIED, 99], ids=["older", "newer"])
def test_a_severity_that_another_version_of_the_service_states_is_an_error(
    run: Run, rolled_back: FakeService, severity: contract.ProblemSeverity.ValueType
) -> None:
    rolled_back.policy.last_rejected.problems[0].severity = severity
    result = run("policy", "status")
    assert result.exit_code == 0
    assert "\nfees/notes.yaml:3:1: this is not YAML [bad-yaml]\n" in result.output


def test_status_of_a_service_without_trouble_is_short(run: Run, service: FakeService) -> None:
    service.policy = contract.GetPolicyResponse(version=ONE, loaded_at=at(12))
    first, *rest = run("policy", "status", "--language", "zh-CN").output.splitlines()
    assert first == "策略 111111111111，自 2019-09-30 12:00:00 起使用：0 个文件，0 条规则。"
    assert len(rest) == 3


def test_status_is_there_for_programs(run: Run, rolled_back: FakeService) -> None:
    answer = json.loads(run("policy", "status", "--json").output)
    assert (answer["policy"]["version"], answer["versions"]["previousVersion"]) == (ONE, TWO)


def test_rollback_goes_to_the_one_before_or_to_the_one_that_is_named(run: Run, rolled_back: FakeService) -> None:
    said = "serves in every process, whatever the rule files say, until `policy resume`."
    assert run("policy", "rollback").output == f"Policy 222222222222 {said}\n"
    assert run("policy", "rollback", "1111").output == f"Policy 1111 {said}\n"
    assert json.loads(run("policy", "rollback", "--json").output) == {"version": TWO}
    assert [seen.request.version for seen in rolled_back.seen if hasattr(seen.request, "version")] == [TWO, "1111", TWO]


def test_rollback_says_if_there_is_nothing_to_go_back_to(run: Run, service: FakeService) -> None:
    done = run("policy", "rollback")
    assert done.exit_code == 2
    assert "nothing served before the policy in use" in done.output


def test_resume_says_whether_the_rules_serve(run: Run, rolled_back: FakeService) -> None:
    assert "the rule files have problems: policy 111111111111 goes on" in run("policy", "resume").output
    rolled_back.policy.ClearField("last_rejected")
    assert run("policy", "resume").output == "The rule files serve again: policy 111111111111.\n"
