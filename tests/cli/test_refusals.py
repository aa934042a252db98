"""What a person sees, and a program gets as exit code, when the service does not answer."""

from __future__ import annotations

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, LocalizedMessage

from tests.cli.conftest import Run
from tests.client.fake_calls import Refused
from tests.client.fake_service import FakeService

INVALID = Refused(
    grpc.StatusCode.INVALID_ARGUMENT,
    "the request has problems (2)",
    (
        ErrorInfo(reason="INVALID_REQUEST"),
        BadRequest(
            field_violations=[
                BadRequest.FieldViolation(field="day", reason="DAY_INVALID", description="no day"),
                BadRequest.FieldViolation(
                    field="stores[1].store",
                    reason="STORE_UNKNOWN",
                    description="no such store",
                    localized_message=LocalizedMessage(locale="zh-CN", message="没有店铺"),
                ),
            ]
        ),
    ),
)
RATE_MISSING = Refused(
    grpc.StatusCode.FAILED_PRECONDITION,
    "there is no exchange rate for BRL on 2007-06-01",
    (ErrorInfo(reason="RATE_MISSING"),),
)


def test_every_problem_of_an_invalid_request_is_told_with_its_field(run: Run, service: FakeService) -> None:
    service.refusals.append(INVALID)
    result = run("quote", "US", "--language", "zh-CN")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "请求被拒绝" in result.stderr
    assert "  day: no day [DAY_INVALID]\n  stores[1].store: 没有店铺 [STORE_UNKNOWN]" in result.stderr


def test_a_missing_rate_ends_with_3(run: Run, service: FakeService) -> None:
    service.refusals.append(RATE_MISSING)
    result = run("quote", "BR")
    assert result.exit_code == 3
    assert "This cannot be done: there is no exchange rate for BRL on 2007-06-01" in result.stderr
    assert f"Request id {service.seen[0].metadata['x-request-id']}" in result.stderr


@pytest.mark.parametrize(
    "code,exit_code,said",
    [
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 4, "is at a limit: refused"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, 4, "in time; give it longer with --timeout"),
        (grpc.StatusCode.PERMISSION_DENIED, 5, "does not let you do this: refused"),
        (grpc.StatusCode.INTERNAL, 1, "failed: refused (INTERNAL)"),
        (grpc.StatusCode.INVALID_ARGUMENT, 2, "  refused"),
    ],
)
def test_every_other_refusal_has_its_sentence_and_exit_code(
    run: Run, service: FakeService, code: grpc.StatusCode, exit_code: int, said: str
) -> None:
    service.refusals.append(Refused(code, pushback=-1))
    result = run("quote", "US")
    assert result.exit_code == exit_code
    assert said in result.stderr


def test_a_service_that_is_not_there_ends_with_4_and_a_hint(run: Run) -> None:
    result = run("quote", "US", "--target", "127.0.0.1:1")
    assert result.exit_code == 4
    assert "No answer from 127.0.0.1:1" in result.stderr
    assert "linked-accounts serve" in result.stderr


def test_the_schedule_is_refused_in_the_same_way(run: Run, service: FakeService) -> None:
    service.refusals.append(INVALID)
    assert run("schedule").exit_code == 2


def test_the_exit_codes_are_in_the_help(run: Run) -> None:
    for command in ("quote", "schedule"):
        assert "Exit codes:\n    0  answered\n" in run(command, "--help").output
