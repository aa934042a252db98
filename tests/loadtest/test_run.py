"""Against gRPC's own server: what it answers is counted to the call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import grpc

from linkedaccounts.loadtest.latencies import decoded
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.profile import Calls, default_profile, read_profile
from linkedaccounts.loadtest.result import Result, as_json, read_result
from linkedaccounts.loadtest.run import run_plan
from linkedaccounts.loadtest.stages import parse_stages
from linkedaccounts.v1 import fee_quote_service_pb2 as fees
from linkedaccounts.v1.fee_quote_service_pb2_grpc import FeeQuoteServiceServicer, add_FeeQuoteServiceServicer_to_server
from linkedaccounts.v1.rules_pb2 import RuleReference
from tests.client.fake_service import echoed


class Sheds(FeeQuoteServiceServicer):
    """Answers all quotes but every third single one, for which it has no room; says who asked last."""

    def __init__(self) -> None:
        self.calls = 0
        self.asked_by = ""

    async def QuoteFees(self, request: fees.QuoteFeesRequest, context: Any) -> fees.QuoteFeesResponse:  # noqa: N802
        self.calls += 1
        self.asked_by = dict(context.invocation_metadata()).get("authorization", "")
        if self.calls % 3 == 0:
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, f"call {self.calls} is too many")
        return fees.QuoteFeesResponse(quote=decided(request))

    async def BatchQuoteFees(self, request: fees.BatchQuoteFeesRequest, context: Any) -> Any:  # noqa: N802
        return fees.BatchQuoteFeesResponse(results=[result(each) for each in request.requests])

    async def StreamQuoteFees(self, request_iterator: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:  # noqa: N802
        async for message in request_iterator:
            yield fees.StreamQuoteFeesResponse(result=result(message.request))

    async def QuoteSellerFees(self, request: Any, context: Any) -> Any:  # noqa: N802
        raise AssertionError("nobody asks this")

    GetFeeSchedule = QuoteSellerFees


def decided(request: fees.QuoteFeesRequest) -> fees.FeeQuote:
    quote = echoed(request)
    for line in quote.lines:
        line.adjustments.add(rule=RuleReference(id="standard"))
    return quote


def result(request: fees.QuoteFeesRequest) -> fees.QuoteResult:
    return fees.QuoteResult(quote=decided(request))


@asynccontextmanager
async def served(servicer: FeeQuoteServiceServicer) -> AsyncIterator[int]:
    server = grpc.aio.server()
    add_FeeQuoteServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield port
    await server.stop(None)


def a_plan(port: int, stages: str = "300ms:300", **shapes: int) -> Plan:
    profile = read_profile(default_profile())
    calls = Calls(**({"unary": 0, "batch_size": 7, "stream_size": 5} | (shapes or {"unary": 1})))
    sellers = profile.sellers.model_copy(update={"count": 50})
    profile = profile.model_copy(update={"calls": calls, "sellers": sellers})
    return Plan("127.0.0.1", port, profile, "small", "constant", parse_stages(stages), stages, checked_share=1.0)


async def ran(plan: Plan) -> Result:
    return await run_plan(plan, lambda progress: None)


async def test_every_call_is_counted_under_its_status() -> None:
    servicer = Sheds()
    async with served(servicer) as port:
        found = await ran(replace(a_plan(port), token="secret"))

    assert found.totals.calls == servicer.calls == 90
    assert found.totals.statuses == {"OK": 60, "RESOURCE_EXHAUSTED": 30}
    assert (found.totals.unexpected, found.totals.quotes) == (30, 60)
    assert decoded(found.latency).total_count == 60
    assert decoded(found.failed_latency).total_count == 30
    assert sum(moment.due for moment in found.timeline) == sum(moment.ended for moment in found.timeline) == 90
    assert servicer.asked_by == "Bearer secret"
    assert "secret" not in as_json(found)


async def test_answers_are_checked_and_counted_by_the_rule_that_decided() -> None:
    async with served(Sheds()) as port:
        found = await ran(a_plan(port))

    assert (found.checked.answers, found.checked.wrong) == (60, 0)
    assert decoded(found.rules["standard"].latency).total_count == 60
    assert found.rules["standard"].lines > 60


async def test_batches_and_streams_are_calls_with_many_quotes() -> None:
    async with served(Sheds()) as port:
        batches, streams = await ran(a_plan(port, batch=1)), await ran(a_plan(port, stream=1))

    assert (batches.totals.calls, batches.totals.quotes, list(batches.kinds)) == (90, 630, ["batch"])
    assert (streams.totals.calls, streams.totals.quotes, list(streams.kinds)) == (90, 450, ["stream"])
    assert (batches.checked.wrong, streams.checked.wrong) == (0, 0)


async def test_an_answer_that_breaks_the_contract_is_shown_with_what_was_asked() -> None:
    class Forgets(Sheds):
        async def QuoteFees(self, request: fees.QuoteFeesRequest, context: Any) -> fees.QuoteFeesResponse:  # noqa: N802
            return fees.QuoteFeesResponse(quote=fees.FeeQuote(day=request.day))

    async with served(Forgets()) as port:
        found = await ran(a_plan(port, "100ms:100"))

    assert found.checked.wrong == 10
    assert len(found.checked.examples) == 5
    assert "the lines are not those of the stores" in found.checked.examples[0]
    assert "asked: day:" in found.checked.examples[0]


async def test_a_result_is_the_same_after_it_was_written_and_read() -> None:
    async with served(Sheds()) as port:
        found = await ran(a_plan(port, "100ms:100"))

    assert read_result(as_json(found)) == found
