"""What holds of every method about sellers: who asks, refusals, threads, and the loop that goes on meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.reach import Reach
from linkedaccounts.application.refusals import RateUnavailable, Refusal
from linkedaccounts.endpoints.call_context import current_call
from linkedaccounts.endpoints.server import SELLER_THREADS
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.endpoints.threads import Threads
from linkedaccounts.v1 import account_service_pb2, fee_quote_service_pb2
from tests.endpoints.details import refusal_of
from tests.endpoints.running import running, seller_with, service_with, until
from tests.endpoints.seller_methods import METHODS, called, use_case_of
from tests.endpoints.sellers import REACH, REFUSALS, SESSION, Use, in_session

GET_SESSION = account_service_pb2.GetSessionRequest()


def test_there_are_methods_about_sellers() -> None:
    assert len(METHODS) == 16


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_every_refusal_of_every_use_case_is_its_status_in_the_callers_language(
    method: MethodDescriptor, language: str
) -> None:
    use = Use(None)
    async with running(service_with(seller=seller_with(**{use_case_of(method): use}))) as server:
        for refusal, expected in REFUSALS.items():
            use.answer = refusal
            code, details = await refusal_of(called(server, method, **in_session(language)))
            assert (code, details["ErrorInfo"].reason) == (expected, refusal.reason)
            assert details["LocalizedMessage"].locale == language
            assert details["LocalizedMessage"].message == refusal.message(language)


def test_every_kind_of_refusal_of_the_use_cases_is_among_them() -> None:
    elsewhere = {"CallerUnknown", "ScopeMissing", RateUnavailable.__name__}
    assert {type(refusal) for refusal in REFUSALS} == {
        kind for kind in Refusal.__subclasses__() if kind.__name__ not in elsewhere
    }


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
async def test_what_nobody_foresaw_tells_the_caller_nothing(method: MethodDescriptor) -> None:
    use = Use(ZeroDivisionError("the secret of the house"))
    async with running(service_with(seller=seller_with(**{use_case_of(method): use}))) as server:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await called(server, method)

    assert caught.value.code() == grpc.StatusCode.INTERNAL
    assert "secret" not in str(caught.value)


class Blocks:
    """A use case that waits until it is released, as for a database that does not answer."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.begun: list[Asker] = []
        self.ended = 0

    def __call__(self, asker: Asker, *_: Any, **__: Any) -> Reach:
        self.begun.append(asker)
        self.released.wait()
        self.ended += 1
        return REACH


@contextmanager
def blocking() -> Iterator[Blocks]:
    blocks = Blocks()
    try:
        yield blocks
    finally:
        blocks.released.set()


async def test_while_use_cases_wait_all_that_needs_no_thread_is_answered() -> None:
    with blocking() as blocks:
        async with running(service_with(seller=seller_with(get_session=blocks))) as server:
            waiting = [server.accounts.GetSession(GET_SESSION) for _ in range(SELLER_THREADS + 3)]
            await until(lambda: len(blocks.begun) == SELLER_THREADS)
            health: Any = health_pb2_grpc.HealthStub(server.channel)
            healthy = await health.Check(health_pb2.HealthCheckRequest())
            quoted = await server.fees.QuoteFees(fee_quote_service_pb2.QuoteFeesRequest())
            begun_meanwhile = len(blocks.begun)
            blocks.released.set()
            answers = await asyncio.gather(*waiting)

    assert healthy.status == health_pb2.HealthCheckResponse.SERVING
    assert quoted.HasField("quote")
    assert begun_meanwhile == SELLER_THREADS
    assert [answer.session.id for answer in answers] == ["s-1"] * (SELLER_THREADS + 3)


async def test_what_is_at_work_for_a_caller_who_gave_up_is_done_to_its_end() -> None:
    with blocking() as blocks:
        async with running(service_with(seller=seller_with(get_session=blocks))) as server:
            call = server.accounts.GetSession(GET_SESSION)
            await until(lambda: blocks.begun)
            call.cancel()
            await until(lambda: server.tally.ended)
            ended_before = blocks.ended
            blocks.released.set()
            await until(lambda: blocks.ended)

    assert (ended_before, blocks.ended) == (0, 1)
    assert [line["status"] for line in server.lines()] == ["CANCELLED"]


async def test_what_waits_for_a_caller_who_gave_up_is_not_begun() -> None:
    with blocking() as blocks:
        async with running(service_with(seller=seller_with(get_session=blocks))) as server:
            kept = [server.accounts.GetSession(GET_SESSION) for _ in range(SELLER_THREADS)]
            await until(lambda: len(blocks.begun) == SELLER_THREADS)
            given_up = server.accounts.GetSession(GET_SESSION)
            await until(lambda: server.tally.at_work == SELLER_THREADS + 1)
            given_up.cancel()
            await until(lambda: server.tally.ended)
            blocks.released.set()
            await asyncio.gather(*kept)
            await server.accounts.GetSession(GET_SESSION)

    assert len(blocks.begun) == SELLER_THREADS + 1


async def test_a_stop_does_not_wait_for_a_use_case_beyond_the_time_to_drain() -> None:
    with blocking() as blocks:
        async with running(service_with(seller=seller_with(get_session=blocks)), {"drain_seconds": 0}) as server:
            call = server.accounts.GetSession(GET_SESSION)
            await until(lambda: blocks.begun)
            await server.server.drain(0)
            with pytest.raises(grpc.aio.AioRpcError):
                await call

    assert blocks.begun


async def test_threads_that_are_stopped_begin_nothing_more() -> None:
    threads = Threads(1, Tally())
    threads.stop()
    with pytest.raises(RuntimeError):
        await threads.run(lambda: None)


async def test_each_use_case_runs_in_the_context_of_its_own_call() -> None:
    def get_session(asker: Asker) -> Reach:
        call = current_call()
        return replace(REACH, session=replace(SESSION, id=f"{call.request_id} {asker.session_token} {call.language}"))

    def metadata(number: int) -> tuple[tuple[str, str], ...]:
        language = ("en", "zh-CN")[number % 2]
        return ("x-request-id", f"r-{number}"), ("x-session-token", f"t-{number}"), ("accept-language", language)

    get: Callable[..., Any] = get_session
    async with running(service_with(seller=seller_with(get_session=get))) as server:
        calls = [server.accounts.GetSession(GET_SESSION, metadata=metadata(number)) for number in range(60)]
        answers = await asyncio.gather(*calls)

    assert [answer.session.id for answer in answers] == [
        f"r-{number} t-{number} {('en', 'zh-CN')[number % 2]}" for number in range(60)
    ]
