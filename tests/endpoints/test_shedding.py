"""A server that gets more than it can answer: here everything that waits at all is too much."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from linkedaccounts.endpoints import self_calls
from linkedaccounts.endpoints.overload import LEAST_CROWD
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from tests.endpoints.details import failure_of, metadata_of, unpacked
from tests.endpoints.running import Running, running, until

NO_TIME_MS = 1e-6


async def ask(server: Running, **metadata: str) -> grpc.aio.AioRpcError | None:
    """How a quote was refused; None if it was answered."""
    try:
        await server.fees.QuoteFees(contract.QuoteFeesRequest(), metadata=list(metadata.items()))
    except grpc.aio.AioRpcError as error:
        return error
    return None


@asynccontextmanager
async def overloaded() -> AsyncIterator[Running]:
    """A server that sheds by now."""
    async with running(settings={"shed_after_ms": NO_TIME_MS}) as server:
        server.tally.at_work += LEAST_CROWD  # as many streams, say
        while await ask(server) is None:
            pass
        yield server


async def refused(server: Running, language: str = "en") -> grpc.aio.AioRpcError:
    """The next call that is shed: one of a few is taken however many come."""
    while (error := await ask(server, **{"accept-language": language})) is None:
        pass
    return error


async def test_a_call_that_is_shed_is_told_why_and_when_to_try_again() -> None:
    async with overloaded() as server:
        error = await refused(server, "zh-CN")
    failed: Any = error
    details = unpacked(rpc_status.from_call(failed))
    delay = details["RetryInfo"].retry_delay.ToMilliseconds()

    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details["ErrorInfo"].reason == "SERVICE_OVERLOADED"
    assert float(details["ErrorInfo"].metadata["retry_after"]) * 1000 == delay
    assert details["LocalizedMessage"].locale == "zh-CN"
    assert metadata_of(error)["grpc-retry-pushback-ms"] == str(delay)
    assert 500 <= delay <= 1500


async def test_those_who_are_refused_together_are_told_different_times() -> None:
    async with overloaded() as server:
        told = {metadata_of(await refused(server))["grpc-retry-pushback-ms"] for _ in range(20)}

    assert len(told) > 5


async def test_health_is_answered_however_many_calls_come() -> None:
    async with overloaded() as server:
        health: Any = health_pb2_grpc.HealthStub(server.channel)
        answers = [await health.Check(health_pb2.HealthCheckRequest()) for _ in range(20)]

    assert {answer.status for answer in answers} == {health_pb2.HealthCheckResponse.SERVING}


async def test_calls_that_are_shed_are_counted_and_the_log_has_one_line_for_all_of_them() -> None:
    async with overloaded() as server:
        for _ in range(5):
            await refused(server)
        shed, ended = server.tally.shed["overload"], server.tally.ended

        await until(lambda: b"shedding_began" in server.written.getvalue())
        assert shed >= 6
        assert {status for _, status in ended} == {"OK"}
        assert len(server.lines("call")) == sum(sum(durations.counts) for durations in ended.values())
        assert len(server.lines("shedding_began")) == 1


async def test_nobody_else_can_make_the_services_own_calls() -> None:
    async with running() as server:
        method: Any = server.channel.unary_unary("/self/0")
        error = await failure_of(method(b""))

    assert error.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_without_a_place_for_a_socket_the_service_serves_and_says_that_it_sheds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_room(prefix: str) -> str:
        raise OSError(28, f"no space for {prefix}")

    monkeypatch.setattr(self_calls, "mkdtemp", no_room)
    async with running() as server:
        assert await ask(server) is None
        assert len(server.lines("nothing_is_shed")) == 1
