"""What surrounds every call: ids, limits, bytes that are no message, and the line in the log."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from linkedaccounts.application.callers import DEVELOPMENT, Scope
from linkedaccounts.endpoints.admission import Admission
from linkedaccounts.endpoints.call_interceptor import CallInterceptor, Limits
from linkedaccounts.endpoints.call_log import Log
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from tests.endpoints.details import failure_of, metadata_of, refusal_of
from tests.endpoints.quotes import full_quote
from tests.endpoints.running import (
    OVER_NATIVE,
    VERSION,
    Asked,
    Running,
    quote_of,
    running,
    service_with,
    standstill,
    until,
    without_pushback,
)

QUOTE = "/linkedaccounts.v1.FeeQuoteService/QuoteFees"
BATCH = "/linkedaccounts.v1.FeeQuoteService/BatchQuoteFees"
STREAM = "/linkedaccounts.v1.FeeQuoteService/StreamQuoteFees"
BAD_UTF8 = b"\x0a\x02\xff\xfe"
CUT_SHORT = b"\x0a\x7f"


async def request_id_for(sent: str | None) -> tuple[str, str]:
    """The id that comes back, and the one in the log."""
    async with running() as server:
        call = server.fees.QuoteFees(
            contract.QuoteFeesRequest(), metadata=[("x-request-id", sent)] if sent is not None else None
        )
        await call
        returned = dict(await call.trailing_metadata())["x-request-id"]
    return str(returned), server.lines()[0]["request_id"]


@pytest.mark.parametrize("sent", ["abc-123", "~!/", "x" * 128])
async def test_the_callers_request_id_comes_back_and_stands_in_the_log(sent: str) -> None:
    assert await request_id_for(sent) == (sent, sent)


@pytest.mark.parametrize("sent", [None, "", "two words", "x" * 129])
async def test_without_a_sound_request_id_the_service_makes_one(sent: str | None) -> None:
    returned, logged = await request_id_for(sent)

    assert returned == logged != sent
    assert len(returned) == 32


async def test_a_refused_call_has_its_request_id_too() -> None:
    async with running(settings={"max_batch_size": 1}) as server:
        call = server.fees.BatchQuoteFees(
            contract.BatchQuoteFeesRequest(requests=[contract.QuoteFeesRequest()] * 2),
            metadata=[("x-request-id", "abc")],
        )
        await failure_of(call)

        assert dict(await call.trailing_metadata())["x-request-id"] == "abc"


def raw(server: Running, method: str) -> Any:
    """The method with bytes instead of messages."""
    kind = server.channel.stream_stream if method == STREAM else server.channel.unary_unary
    return kind(method)


@pytest.mark.parametrize("method", [QUOTE, BATCH])
@pytest.mark.parametrize("sent", [BAD_UTF8, CUT_SHORT, b"\xff" * 20, b"\x0b" * 200])
async def test_bytes_that_are_no_message_are_the_callers_mistake(method: str, sent: bytes) -> None:
    async with running() as server:
        code, details = await refusal_of(raw(server, method)(sent))

    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert details["BadRequest"].field_violations[0].reason == "REQUEST_UNREADABLE"


async def test_a_stream_ends_at_bytes_that_are_no_message() -> None:
    async with running() as server:
        call = raw(server, STREAM)(iter([b"", CUT_SHORT]))
        first = await call.read()
        code, details = await refusal_of(call.read())

    assert contract.StreamQuoteFeesResponse.FromString(first).result.error.code == 3
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert details["BadRequest"].field_violations[0].reason == "REQUEST_UNREADABLE"


@pytest.mark.xfail(OVER_NATIVE, reason="pygrpc-native answers it itself, as INTERNAL")
async def test_a_call_without_a_request_is_answered() -> None:
    async with running() as server:
        call: Any = server.channel.stream_unary(QUOTE)(iter([]))
        code, details = await refusal_of(call)

    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert details["BadRequest"].field_violations[0].reason == "REQUEST_REQUIRED"


@without_pushback
async def test_a_request_above_the_limit_is_refused_with_the_limit() -> None:
    async with running(settings={"max_message_bytes": 1024}) as server:
        error = await failure_of(raw(server, QUOTE)(b" " * 1025))
        code, details = await refusal_of(raw(server, QUOTE)(b" " * 1025))

    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert dict(details["ErrorInfo"].metadata) == {"limit": "1024", "size": "1025"}
    assert metadata_of(error)["grpc-retry-pushback-ms"] == "-1"


async def test_a_request_far_above_the_limit_is_not_even_read() -> None:
    async with running(settings={"max_message_bytes": 1024}) as server:
        error = await failure_of(raw(server, QUOTE)(b" " * 10_000))

    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_method_that_there_is_not_is_said_so_and_its_name_is_not_logged() -> None:
    async with running() as server:
        error = await failure_of(raw(server, "/linkedaccounts.v1.FeeQuoteService/Nonsense")(b""))

    assert error.code() == grpc.StatusCode.UNIMPLEMENTED
    assert [(line["method"], line["status"]) for line in server.lines()] == [("(none)", "UNIMPLEMENTED")]


@without_pushback
async def test_above_the_limit_of_calls_at_work_the_next_one_is_to_try_again_later() -> None:
    async with running(settings={"max_concurrent_calls": 1}) as server:
        busy = server.fees.StreamQuoteFees()
        await busy.write(contract.StreamQuoteFeesRequest())
        await busy.read()
        error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))
        code, details = await refusal_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))
        await busy.done_writing()
        assert await busy.read() is grpc.aio.EOF
        answered = await server.fees.QuoteFees(contract.QuoteFeesRequest())

    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details["ErrorInfo"].reason == "TOO_MANY_CALLS"
    assert details["RetryInfo"].retry_delay.ToMilliseconds() == 1000
    assert metadata_of(error)["grpc-retry-pushback-ms"] == "1000"
    assert answered.HasField("quote")


async def test_however_busy_the_service_is_health_is_answered() -> None:
    async with running(settings={"max_concurrent_calls": 1}) as server:
        busy = server.fees.StreamQuoteFees()
        await busy.write(contract.StreamQuoteFeesRequest())
        await busy.read()
        health: Any = health_pb2_grpc.HealthStub(server.channel)
        answer = await health.Check(health_pb2.HealthCheckRequest())
        busy.cancel()

    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_call_leaves_one_line_that_says_how_it_went() -> None:
    async with running() as server:
        await server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=[("x-request-id", "abc")])

    (line,) = server.lines()
    assert set(line) == {
        "timestamp", "event", "level", "method", "status", "duration_ms", "request_id", "policy_version",
        "caller",
    }  # fmt: skip
    assert (line["method"], line["status"], line["request_id"]) == (QUOTE, "OK", "abc")
    assert line["policy_version"] == VERSION
    assert line["caller"] == "development"
    assert line["duration_ms"] > 0


async def test_the_line_of_a_batch_or_stream_says_how_many_quotes_it_asked_for() -> None:
    async with running() as server:
        requests = [contract.QuoteFeesRequest()] * 3
        await server.fees.BatchQuoteFees(contract.BatchQuoteFeesRequest(requests=requests))
        stream = server.fees.StreamQuoteFees(iter([contract.StreamQuoteFeesRequest()] * 2))
        assert len([answer async for answer in stream]) == 2

    assert [line["quotes"] for line in server.lines()] == [3, 2]


async def test_no_line_holds_what_was_asked_or_answered_or_who_asked() -> None:
    secret = "mallory-the-seller"
    request = contract.QuoteFeesRequest(stores=[contract.StoreAccount(store=secret)], home_store=secret)
    async with running() as server:
        await server.fees.QuoteFees(
            request, metadata=[("authorization", secret), ("x-session-token", secret), ("x-seller", secret)]
        )
        await failure_of(raw(server, QUOTE)(CUT_SHORT + secret.encode()))
        await failure_of(raw(server, f"/{secret}/{secret}")(b""))
        server.lines()

    written = server.written.getvalue().decode()
    assert written.count("\n") == 3
    assert secret not in written
    assert "127.0.0.1" not in written
    assert "ipv" not in written


async def test_a_call_whose_time_runs_out_is_logged_as_that() -> None:
    async with running() as server:
        call = server.fees.StreamQuoteFees(timeout=0.05)
        error = await failure_of(call.read())
        await until(lambda: server.tally.ended)

    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert server.lines()[0]["status"] == "DEADLINE_EXCEEDED"


async def test_a_call_that_the_caller_gives_up_is_logged_as_that() -> None:
    """The caller hangs up while the service waits for room for its answers."""
    asked = Asked(lambda request: replace(quote_of(request), policy_version="5" * 100_000))
    async with running(service_with(asked)) as server:
        request = contract.StreamQuoteFeesRequest(request=contract.QuoteFeesRequest())
        call = server.fees.StreamQuoteFees(iter([request] * 400))
        await standstill(server, asked)
        call.cancel()

    assert [line["status"] for line in server.lines() if line["method"] == STREAM] == ["CANCELLED"]
    assert server.lines("unexpected_error") == []


class HangsUp:
    """The context of a call whose caller hangs up the moment it is told a status."""

    def __init__(self) -> None:
        self.told: grpc.StatusCode | None = None

    def invocation_metadata(self) -> None:
        return None

    def code(self) -> grpc.StatusCode | None:
        return self.told

    def time_remaining(self) -> None:
        return None

    def set_trailing_metadata(self, metadata: object) -> None:
        pass

    def trailing_metadata(self) -> tuple[()]:
        return ()

    async def read(self) -> bytes:
        return CUT_SHORT

    async def abort(self, code: grpc.StatusCode, details: str, metadata: object) -> None:
        self.told = code
        raise asyncio.CancelledError


async def test_a_caller_that_hangs_up_on_its_status_does_not_change_what_is_logged() -> None:
    tally, written = Tally(), io.BytesIO()
    admission = Admission(lambda: DEVELOPMENT, {QUOTE: Scope.QUOTES})
    interceptor = CallInterceptor(Limits(1, 1024), admission, Log(written), tally, service_with().policy)

    async def unasked(*_: object) -> Any:
        raise AssertionError("the request cannot be read")

    async def continuation(_: object) -> Any:
        return grpc.unary_unary_rpc_method_handler(
            unasked, contract.QuoteFeesRequest.FromString, contract.QuoteFeesResponse.SerializeToString
        )

    details: Any = SimpleNamespace(method=QUOTE)
    handler: Any = await interceptor.intercept_service(continuation, details)
    with pytest.raises(asyncio.CancelledError):
        await handler.stream_unary(None, HangsUp())

    assert {of: sum(calls.counts) for of, calls in tally.ended.items()} == {(QUOTE, "INVALID_ARGUMENT"): 1}


async def test_a_place_at_work_is_given_back_however_a_call_ends() -> None:
    def answer(request: Any) -> Any:
        raise ZeroDivisionError

    async with running(service_with(Asked(answer)), {"max_concurrent_calls": 1}) as server:
        for _ in range(3):
            error = await failure_of(server.fees.QuoteFees(contract.QuoteFeesRequest()))
            assert error.code() == grpc.StatusCode.INTERNAL
        assert server.tally.at_work == 0


async def test_one_call_does_not_see_the_language_of_another() -> None:
    async with running(service_with(full_quote)) as server:
        languages = ["zh-CN", "en"] * 20
        calls = [
            server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=[("accept-language", language)])
            for language in languages
        ]
        notes = [(await call).quote.notes[0].message for call in calls]

    assert notes == ["份额 30%。", "Share 30%."] * 20


async def test_a_header_of_bytes_that_is_no_text_is_passed_over() -> None:
    async with running(service_with(Asked(quote_of))) as server:
        await server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=[("x-request-id-bin", b"\xff\x00")])

    assert server.lines()[0]["status"] == "OK"
