"""The same services with HTTP/2 in Rust (`pygrpc-native`): for a mesh beside the service that does TLS.

What differs from gRPC's own server, and what is mended here, stands in docs/native.md. Imported only when it is asked
for: the package need not be there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

import grpc
from pygrpc_native.aio import Server

from linkedaccounts.endpoints.answers import Context, Handler
from linkedaccounts.endpoints.errors import PUSHBACK

IO_THREADS = 1
"""One keeps up with one event loop."""
LAST_ANSWERS_SECONDS = 0.1
"""Closing does not wait for answers that were given and are not written yet."""
NOT_SENT = frozenset({PUSHBACK})
"""Trailing metadata that the package takes to be gRPC's own business, and would leave the call without any end for."""
STOPPING = "the service is stopping"

Metadata: TypeAlias = Sequence[tuple[str, str | bytes]]
Continuation: TypeAlias = Callable[[grpc.HandlerCallDetails], Awaitable[Any]]
Behaviour: TypeAlias = Callable[[Any, Any], Awaitable[Any]]


class NativeServer(Server):
    """A server as grpc.aio makes one, in plain text and on one port only.

    It serves methods with one request itself. All others go to a server of grpc.aio behind it, on a Unix socket.
    """

    def __init__(self, interceptor: grpc.aio.ServerInterceptor, options: Sequence[tuple[str, Any]]) -> None:
        self._at_work = _AtWork()
        given = _GivesRequests(interceptor, self._at_work)
        super().__init__(interceptors=[given], options=options, io_threads=IO_THREADS)

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Handler]) -> None:
        """Methods with many requests are added as generic ones: grpc.aio 1.83 does not know registered ones."""
        of_one = {name: handler for name, handler in method_handlers.items() if not handler.request_streaming}
        super().add_registered_method_handlers(service_name, of_one)
        of_many = {
            f"/{service_name}/{name}": handler for name, handler in method_handlers.items() if name not in of_one
        }
        self.add_generic_rpc_handlers((_ByPath(of_many),))

    async def stop(self, grace: float | None) -> None:
        """Takes no more calls, lets those at work end for ``grace`` seconds, and stops."""
        if grace:
            await self._at_work.end(grace)
            await asyncio.sleep(LAST_ANSWERS_SECONDS)
        await super().stop(None)


class _AtWork:
    """How many calls are; and whether any more are taken."""

    def __init__(self) -> None:
        self._count = 0
        self._stopping = False
        self._none = asyncio.Event()

    async def end(self, seconds: float) -> None:
        """Refuses further calls, and waits until those at work have ended, at most so long."""
        self._stopping = True
        if self._count:
            await asyncio.wait((asyncio.ensure_future(self._none.wait()),), timeout=seconds)

    def counting(self, behaviour: Behaviour) -> Behaviour:
        """What a handler does, counted while it does it."""

        async def counted(requests: Any, context: Any) -> Any:
            if self._stopping:
                await context.abort(grpc.StatusCode.UNAVAILABLE, STOPPING)
            self._count += 1
            try:
                return await behaviour(requests, context)
            finally:
                self._count -= 1
                if self._stopping and not self._count:
                    self._none.set()

        return counted


class _ByPath(grpc.GenericRpcHandler):
    """Handlers by the whole path of their methods."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._handlers = handlers

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler | None:
        """The method's handler, if it has one here."""
        return self._handlers.get(handler_call_details.method)


class _GivesRequests(grpc.aio.ServerInterceptor):
    """Gives methods with one request that request, where ``interceptor`` makes handlers that read it themselves."""

    def __init__(self, interceptor: grpc.aio.ServerInterceptor, at_work: _AtWork) -> None:
        self._interceptor = interceptor
        self._at_work = at_work
        self._handlers: dict[str, Handler] = {}

    async def intercept_service(self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The handler of ``interceptor``, in the shape that the method was registered with."""
        method = handler_call_details.method
        if handler := self._handlers.get(method):
            return handler
        inner = await continuation(handler_call_details)

        async def known(_: grpc.HandlerCallDetails) -> Any:
            return inner

        handler = await self._interceptor.intercept_service(known, handler_call_details)
        if inner is None:
            return handler
        handler = self._handlers[method] = self._wrapped(handler, one_request=not inner.request_streaming)
        return handler

    def _wrapped(self, handler: Any, *, one_request: bool) -> Handler:
        behaviour = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
        counted = self._at_work.counting(_given(behaviour) if one_request else behaviour)
        if not one_request:
            return grpc.stream_stream_rpc_method_handler(counted)
        kind = (
            grpc.unary_stream_rpc_method_handler if handler.response_streaming else grpc.unary_unary_rpc_method_handler
        )
        return kind(counted)


def _given(behaviour: Behaviour) -> Behaviour:
    async def given(request: bytes, context: Context) -> Any:
        return await behaviour(request, _Given(context, request))

    return given


class _Given:
    """A call's context with one request to read; a status goes out in what the package can send."""

    def __init__(self, context: Context, request: bytes) -> None:
        self._context = context
        self._requests = [request]

    async def read(self) -> Any:
        """The request, and then that there are no more."""
        return self._requests.pop() if self._requests else grpc.aio.EOF

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Metadata = ()) -> NoReturn:
        """Ends the call with a status."""
        sent = [(key, value) for key, value in trailing_metadata if key not in NOT_SENT]
        await self._context.abort(code, details, sent)
        raise AssertionError("aborting raises")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)
