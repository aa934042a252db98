"""The other transport: what it answers like gRPC's own server, what it lacks, and that nobody brings it down.

All that the other tests here ask of a server is asked over it too: `LINKED_ACCOUNTS_TRANSPORT=native pytest …`.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections import Counter
from contextlib import AbstractAsyncContextManager
from random import Random
from typing import Any

import grpc
import pytest

from linkedaccounts.endpoints.ports import CannotServe
from linkedaccounts.endpoints.transport import NATIVE_MISSING
from linkedaccounts.loadtest.frames import PREFACE
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from tests.endpoints.details import failure_of, metadata_of, refusal_of
from tests.endpoints.running import Running, running

ONE = contract.QuoteFeesRequest()


def over_native(**settings: Any) -> AbstractAsyncContextManager[Running]:
    return running(settings={"transport": "native", **settings})


async def test_single_quotes_and_streams_are_answered_over_it() -> None:
    async with over_native() as server:
        call = server.fees.QuoteFees(ONE, metadata=[("x-request-id", "abc")])
        assert (await call).HasField("quote")
        assert dict(await call.trailing_metadata())["x-request-id"] == "abc"
        stream = server.fees.StreamQuoteFees(iter([contract.StreamQuoteFeesRequest(request=ONE)] * 3))
        assert [answer.result.HasField("quote") async for answer in stream] == [True] * 3

    assert [line["status"] for line in server.lines()] == ["OK", "OK"]


async def test_a_refusal_has_its_details_but_not_what_grpcs_own_retries_obey() -> None:
    async with over_native(max_batch_size=1) as server:
        two = contract.BatchQuoteFeesRequest(requests=[ONE] * 2)
        error = await failure_of(server.fees.BatchQuoteFees(two))
        code, details = await refusal_of(server.fees.BatchQuoteFees(two))

    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details["ErrorInfo"].reason == "BATCH_TOO_LARGE"
    assert "x-request-id" in metadata_of(error)
    assert "grpc-retry-pushback-ms" not in metadata_of(error)


async def test_when_it_stops_each_call_is_answered_or_told_to_go_elsewhere() -> None:
    async with over_native() as server:
        calls = [server.fees.QuoteFees(ONE) for _ in range(200)]
        await calls[0]
        drained = asyncio.ensure_future(server.server.drain(0))
        ended = Counter([await call.code() for call in calls])
        await drained

    assert ended.keys() <= {grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE}
    assert ended[grpc.StatusCode.OK] == len([line for line in server.lines() if line["status"] == "OK"])


async def test_whatever_bytes_come_others_are_answered() -> None:
    random = Random(1)

    def send_anything(port: int) -> None:
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", port)) as caller:
                caller.sendall(PREFACE[: random.choice([0, 10, len(PREFACE)])] + random.randbytes(500))

    async with over_native() as server:
        await asyncio.to_thread(send_anything, int(server.target.rsplit(":", 1)[1]))
        assert (await server.fees.QuoteFees(ONE)).HasField("quote")


async def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygrpc_native.aio", None)
    monkeypatch.delitem(sys.modules, "linkedaccounts.endpoints.native_transport", raising=False)

    with pytest.raises(CannotServe) as caught:
        async with over_native():
            pytest.fail("it serves")

    assert str(caught.value) == NATIVE_MISSING
