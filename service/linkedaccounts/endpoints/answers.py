"""A servicer's method, of whichever of gRPC's four kinds, as one function of the call's context."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeAlias, cast

import grpc

from linkedaccounts.endpoints.message_codec import Decode, all_requests, decoder, only_request

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Answer: TypeAlias = Callable[[Context], Awaitable[Any]]
"""Reads what it needs of the call; returns the one answer in bytes, or writes many and returns None."""


def answer_of(handler: Handler, most_bytes: int) -> Answer:
    """What ``handler`` does, with requests of at most ``most_bytes``."""
    if handler.request_deserializer is None or handler.response_serializer is None:
        raise TypeError("a method that does not say how its messages are written cannot be served")
    decode = decoder(handler.request_deserializer, most_bytes)
    behaviour = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
    call = _with_all_requests(behaviour, decode) if handler.request_streaming else _with_one_request(behaviour, decode)
    kind = _many if handler.response_streaming else _one
    return kind(call, _unless_bytes(handler.response_serializer))


def _unless_bytes(serialize: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """A method that has its answer in bytes already may give those."""
    return lambda response: response if isinstance(response, bytes) else serialize(response)


def _with_one_request(behaviour: Any, decode: Decode) -> Callable[[Context], Awaitable[Any]]:
    async def call(context: Context) -> Any:
        return behaviour(await only_request(context, decode), context)

    return call


def _with_all_requests(behaviour: Any, decode: Decode) -> Callable[[Context], Awaitable[Any]]:
    async def call(context: Context) -> Any:
        return behaviour(all_requests(context, decode), context)

    return call


def _one(call: Callable[[Context], Awaitable[Any]], serialize: Callable[[Any], bytes]) -> Answer:
    async def answer(context: Context) -> bytes:
        return serialize(await (await call(context)))

    return answer


def _many(call: Callable[[Context], Awaitable[Any]], serialize: Callable[[Any], bytes]) -> Answer:
    """Writes each answer when the caller has room for it: the next request is read only then."""

    async def answer(context: Context) -> None:
        responses = await call(cast(Context, _Writing(context, serialize)))
        if inspect.isawaitable(responses):
            await responses
            return
        async with aclosing(responses):
            async for response in responses:
                await context.write(serialize(response))

    return answer


class _Writing:
    """A call's context for methods that write their answers themselves, as messages."""

    def __init__(self, context: Context, serialize: Callable[[Any], bytes]) -> None:
        self._context = context
        self._serialize = serialize

    async def write(self, message: Any) -> None:
        """Writes one answer when the caller has room for it."""
        await self._context.write(self._serialize(message))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)
