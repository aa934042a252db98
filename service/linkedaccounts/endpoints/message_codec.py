"""Bytes to messages and back, inside a call's guard: gRPC itself would answer UNKNOWN to bytes that it cannot read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from linkedaccounts.application.refusals import Exhausted, FieldProblem, InvalidRequest

Decode = Callable[[bytes], Any]


def decoder(deserialize: Decode, most_bytes: int) -> Decode:
    """Reads a request: Exhausted if it has more than ``most_bytes``, InvalidRequest if it is not of the contract."""

    def decode(raw: bytes) -> Any:
        if len(raw) > most_bytes:
            raise Exhausted("MESSAGE_TOO_LARGE", {"limit": str(most_bytes), "size": str(len(raw))})
        try:
            return deserialize(raw)
        except DecodeError:
            raise InvalidRequest([FieldProblem("request", "REQUEST_UNREADABLE")]) from None

    return decode


async def only_request(context: grpc.aio.ServicerContext[Any, Any], decode: Decode) -> Any:
    """The request of a call that has one; InvalidRequest if the caller sent none."""
    if (raw := await _next(context)) is grpc.aio.EOF:
        raise InvalidRequest([FieldProblem("request", "REQUEST_REQUIRED")])
    return decode(raw)


async def all_requests(context: grpc.aio.ServicerContext[Any, Any], decode: Decode) -> AsyncIterator[Any]:
    """The requests of a stream, each read from the network only when it is asked for.

    Who hangs up while nothing is at work looks to gRPC like who has finished, so such a stream may end as OK.
    """
    while (raw := await _next(context)) is not grpc.aio.EOF:
        yield decode(raw)


async def _next(context: grpc.aio.ServicerContext[Any, Any]) -> Any:
    """The bytes of the next request; EOF if there is none.

    gRPC says EOF also when the call's time has run out, a little before it cancels.
    """
    raw = await context.read()
    if raw is grpc.aio.EOF:
        left: float | None = context.time_remaining()
        if left is not None and left <= 0:
            raise asyncio.CancelledError
    return raw
