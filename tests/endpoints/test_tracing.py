"""Which calls are traced, and what a collector is told of them."""

from __future__ import annotations

import sys
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from linkedaccounts.endpoints import otlp
from linkedaccounts.endpoints.otlp_traces import MOST_STEPS
from linkedaccounts.endpoints.ports import CannotServe
from linkedaccounts.settings import SettingsRejected, read_settings
from linkedaccounts.v1 import account_service_pb2 as accounts
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from tests.endpoints.collector import Collector, attributes, collecting
from tests.endpoints.running import VERSION, Asked, Running, running, seller_with, service_with

QUOTE = "linkedaccounts.v1.FeeQuoteService/QuoteFees"
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACED, NOT_TRACED = f"00-{TRACE}-{CALLER}-01", f"00-{TRACE}-{CALLER}-00"


async def quoted(share: float, *traceparents: str) -> tuple[Collector, list[dict[str, Any]]]:
    """What a collector got of a quote for each caller, and the log's lines."""
    with collecting() as collector:
        async with running(settings={"otlp_endpoint": collector.url, "trace_share": share}) as server:
            for sent in traceparents:
                metadata = (("x-request-id", "abc"), *([("traceparent", sent)] if sent else []))
                await server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=metadata)
    return collector, server.lines()


async def test_a_traced_call_is_a_span_by_the_conventions_with_its_steps_and_its_id_in_the_log() -> None:
    collector, (line,) = await quoted(1, "")

    step, call = collector.spans
    assert (call.name, call.kind, call.parent_span_id) == (QUOTE, Span.SPAN_KIND_SERVER, b"")
    assert attributes(call) == {
        "server.address": "127.0.0.1",
        "rpc.system.name": "grpc",
        "rpc.method": QUOTE,
        "rpc.response.status_code": "OK",
        "linked_accounts.request_id": "abc",
        "linked_accounts.policy_version": VERSION,
        "linked_accounts.caller": "development",
    }
    assert (step.name, step.parent_span_id, step.trace_id) == ("decide and price", call.span_id, call.trace_id)
    assert call.start_time_unix_nano <= step.start_time_unix_nano <= step.end_time_unix_nano <= call.end_time_unix_nano
    assert line["trace_id"] == call.trace_id.hex()
    resource = collector.traces[0].resource_spans[0].resource
    assert attributes(resource)["service.name"] == "linked-accounts"


async def test_the_caller_decides_whether_its_trace_goes_on_here() -> None:
    collector, lines = await quoted(0, TRACED, NOT_TRACED)

    (call,) = [span for span in collector.spans if span.name == QUOTE]
    assert (call.trace_id.hex(), call.parent_span_id.hex()) == (TRACE, CALLER)
    assert [line.get("trace_id") for line in lines] == [TRACE, None]


@pytest.mark.parametrize(
    "unsound", [f"ff-{TRACE}-{CALLER}-01", f"00-{'0' * 32}-{CALLER}-01", f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE}"]
)
async def test_what_is_no_trace_of_a_caller_is_as_none(unsound: str) -> None:
    _, (line,) = await quoted(1, unsound)

    assert line["trace_id"] != TRACE


async def test_without_a_share_a_call_of_no_trace_is_not_traced() -> None:
    collector, (line,) = await quoted(0, "")

    assert (collector.traces, "trace_id" in line) == ([], False)


async def test_a_servers_error_is_an_error_in_its_trace_and_a_callers_is_not() -> None:
    def fail(_request: object) -> Any:
        raise RuntimeError("a secret")

    spans = await spans_of(service_with(quote_fees=fail), wrong_quotes)

    told = {span.name: (span.status.code, attributes(span)["rpc.response.status_code"]) for span in spans[1:]}
    assert told == {QUOTE: (Status.STATUS_CODE_ERROR, "INTERNAL")}
    assert "a secret" not in str(spans)


async def wrong_quotes(server: Running) -> None:
    with pytest.raises(grpc.aio.AioRpcError):
        await server.fees.QuoteFees(contract.QuoteFeesRequest())


async def spans_of(service: Any, calls: Any) -> list[Any]:
    with collecting() as collector:
        async with running(service, {"otlp_endpoint": collector.url, "trace_share": 1}) as server:
            await calls(server)
    return collector.spans


async def test_a_use_case_about_a_seller_is_a_step_and_health_is_not_traced() -> None:
    async def calls(server: Running) -> None:
        health: Any = health_pb2_grpc.HealthStub(server.channel)
        await health.Check(health_pb2.HealthCheckRequest())
        with pytest.raises(grpc.aio.AioRpcError):
            await server.accounts.GetSession(accounts.GetSessionRequest())

    spans = await spans_of(service_with(seller=seller_with(get_session=Asked(lambda _: None))), calls)

    assert [span.name for span in spans] == ["Asked", "linkedaccounts.v1.AccountService/GetSession"]


async def test_a_long_batch_does_not_fill_its_trace() -> None:
    async def batch(server: Running) -> None:
        many = [contract.QuoteFeesRequest()] * (MOST_STEPS + 5)
        await server.fees.BatchQuoteFees(contract.BatchQuoteFeesRequest(requests=many))

    *steps, call = await spans_of(service_with(), batch)

    assert len(steps) == MOST_STEPS
    assert attributes(call)["linked_accounts.quotes"] == MOST_STEPS + 5


def test_a_collector_is_a_url_and_needs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsRejected, match="it is a URL like `http://localhost:4318`"):
        read_settings({"otlp_endpoint": "localhost:4318"})
    monkeypatch.setitem(sys.modules, "linkedaccounts.endpoints.otlp_traces", None)
    with pytest.raises(CannotServe, match=r"pip install 'linked-accounts\[telemetry\]'"):
        otlp.tracing_of(read_settings({"otlp_endpoint": "http://localhost:4318"}))
