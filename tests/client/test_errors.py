"""Every status, with its details, as a typed error."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from datetime import timedelta

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, LocalizedMessage, RetryInfo

from linkedaccounts.client import (
    Account,
    DeadlineExceeded,
    FieldProblem,
    InvalidRequest,
    LinkedAccountsError,
    NotPermitted,
    Overloaded,
    PreconditionFailed,
    RateMissing,
    Unavailable,
    Unexpected,
    quote_request,
    result_or_error,
)
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote, QuoteFeesRequest, QuoteResult
from tests.client.conftest import Either
from tests.client.fake_calls import Refused
from tests.client.fake_service import FakeService, echoed

US = Account("US", registered_on="2018-01-15")
NO_RETRY = -1

INVALID = Refused(
    grpc.StatusCode.INVALID_ARGUMENT,
    "the request has problems (2)",
    (
        ErrorInfo(reason="INVALID_REQUEST", domain="linkedaccounts.v1", metadata={"count": "2"}),
        BadRequest(
            field_violations=[
                BadRequest.FieldViolation(
                    field="stores[0].store",
                    reason="STORE_UNKNOWN",
                    description="there is no store `FR`",
                    localized_message=LocalizedMessage(locale="zh-CN", message="没有店铺“FR”"),
                ),
                BadRequest.FieldViolation(field="day", reason="DAY_INVALID", description="no day"),
            ]
        ),
        LocalizedMessage(locale="zh-CN", message="请求中有问题（2 处）"),
    ),
)
RATE_MISSING = Refused(
    grpc.StatusCode.FAILED_PRECONDITION,
    "there is no exchange rate",
    (ErrorInfo(reason="RATE_MISSING", metadata={"currency": "BRL", "day": "2007-06-01"}),),
)
BUSY = Refused(
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    "busy",
    (ErrorInfo(reason="TOO_MANY_CALLS"), RetryInfo(retry_delay=Duration(seconds=1, nanos=500_000_000))),
    pushback=NO_RETRY,
)


async def failure(service: FakeService, either: Either, refused: Refused) -> LinkedAccountsError:
    service.refusals.append(refused)
    with pytest.raises(LinkedAccountsError) as raised:
        await either.ask(either.client(service).quote_fees, [US], request_id="mine-1")
    return raised.value


async def test_an_invalid_request_names_every_problem_with_its_field(service: FakeService, either: Either) -> None:
    error = await failure(service, either, INVALID)
    assert isinstance(error, InvalidRequest)
    assert error.problems == (
        FieldProblem("stores[0].store", "STORE_UNKNOWN", "there is no store `FR`", "没有店铺“FR”"),
        FieldProblem("day", "DAY_INVALID", "no day", "no day"),
    )


async def test_an_error_says_all_that_the_service_said(service: FakeService, either: Either) -> None:
    error = await failure(service, either, INVALID)
    assert error.code is grpc.StatusCode.INVALID_ARGUMENT
    assert error.reason == "INVALID_REQUEST"
    assert error.message == "the request has problems (2)"
    assert error.localized == "请求中有问题（2 处）"
    assert error.metadata == {"count": "2"}
    assert error.request_id == "mine-1"
    assert str(error) == "the request has problems (2) [INVALID_ARGUMENT, INVALID_REQUEST, request id mine-1]"


async def test_the_request_id_that_was_made_is_found_again_in_the_error(service: FakeService, either: Either) -> None:
    service.refusals.append(INVALID)
    with pytest.raises(InvalidRequest) as raised:
        await either.ask(either.client(service).quote_fees, [US])
    assert raised.value.request_id == service.seen[0].metadata["x-request-id"]


async def test_a_missing_rate_names_currency_and_day(service: FakeService, either: Either) -> None:
    error = await failure(service, either, RATE_MISSING)
    assert isinstance(error, RateMissing)
    assert (error.currency, error.day) == ("BRL", "2007-06-01")


async def test_an_overloaded_service_says_when_to_try_again(service: FakeService, either: Either) -> None:
    error = await failure(service, either, BUSY)
    assert isinstance(error, Overloaded)
    assert error.retry_after == timedelta(seconds=1.5)


async def test_a_limit_that_waiting_does_not_lift_names_no_time(service: FakeService, either: Either) -> None:
    error = await failure(service, either, Refused(grpc.StatusCode.RESOURCE_EXHAUSTED, pushback=NO_RETRY))
    assert isinstance(error, Overloaded)
    assert error.retry_after is None


@pytest.mark.parametrize(
    "code,kind",
    [
        (grpc.StatusCode.FAILED_PRECONDITION, PreconditionFailed),
        (grpc.StatusCode.PERMISSION_DENIED, NotPermitted),
        (grpc.StatusCode.UNAUTHENTICATED, NotPermitted),
        (grpc.StatusCode.DEADLINE_EXCEEDED, DeadlineExceeded),
        (grpc.StatusCode.UNIMPLEMENTED, Unexpected),
        (grpc.StatusCode.INTERNAL, Unexpected),
    ],
)
async def test_a_status_without_details_has_its_type(
    service: FakeService, either: Either, code: grpc.StatusCode, kind: type[LinkedAccountsError]
) -> None:
    error = await failure(service, either, Refused(code, "as it is"))
    assert type(error) is kind
    assert (error.code, error.message, error.localized, error.reason) == (code, "as it is", "as it is", "")


async def test_a_service_that_is_not_there_is_unavailable(either: Either) -> None:
    with pytest.raises(Unavailable) as raised:
        await either.ask(either.client(FakeService(target="127.0.0.1:1")).quote_fees, [US])
    assert raised.value.request_id


async def test_no_answer_in_time_exceeds_the_deadline(service: FakeService, either: Either) -> None:
    answer_now = threading.Event()

    def late(request: QuoteFeesRequest) -> FeeQuote:
        answer_now.wait(60)
        return echoed(request)

    service.quote = late
    with pytest.raises(DeadlineExceeded):
        await either.ask(either.client(service).quote_fees, [US], timeout=0.05)
    answer_now.set()


@pytest.mark.parametrize("many", ["batch_quote_fees", "stream_quote_fees"])
async def test_one_refused_quote_of_many_raises_what_a_single_call_would(
    service: FakeService, either: Either, many: str
) -> None:
    service.quote = lambda request: INVALID if request.stores[0].store == "FR" else echoed(request)
    requests = [quote_request([Account(store, "2018-01-15")]) for store in ("US", "FR", "EU")]
    call: Callable[..., object] = getattr(either.client(service), many)
    good, bad, also_good = await either.ask(call, requests)
    assert [result_or_error(result).lines[0].store for result in (good, also_good)] == ["US", "EU"]
    with pytest.raises(InvalidRequest) as raised:
        result_or_error(bad)
    assert [problem.reason for problem in raised.value.problems] == ["STORE_UNKNOWN", "DAY_INVALID"]


async def test_a_stream_that_ends_badly_raises_a_typed_error(service: FakeService, either: Either) -> None:
    service.refusals.append(BUSY)
    with pytest.raises(Overloaded):
        await either.ask(either.client(service).stream_quote_fees, [quote_request([US])])


async def test_a_stream_refused_while_the_caller_still_sends_raises_what_the_service_said(
    service: FakeService, either: Either
) -> None:
    client = either.client(service)
    for _ in range(30):
        service.refusals.append(BUSY)
        with pytest.raises(Overloaded):
            await either.ask(client.stream_quote_fees, [quote_request([US])] * 100)


async def test_a_stream_ended_well_while_the_caller_still_sends_ends_well(service: FakeService, either: Either) -> None:
    client = either.client(service)
    service.answers_a_stream = 1
    for _ in range(30):
        assert len(await either.ask(client.stream_quote_fees, [quote_request([US])] * 100)) == 1


def test_a_code_that_grpc_does_not_know_is_unexpected() -> None:
    result = QuoteResult()
    result.error.code = 99
    with pytest.raises(Unexpected):
        result_or_error(result)


def test_an_error_survives_the_way_to_another_process() -> None:
    with pytest.raises(InvalidRequest) as raised:
        result_or_error(QuoteResult(error=INVALID.status()))
    again = pickle.loads(pickle.dumps(raised.value))
    assert type(again) is InvalidRequest
    assert again.failure == raised.value.failure
