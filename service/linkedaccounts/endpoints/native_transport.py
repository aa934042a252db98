"""The same services with HTTP/2 in Rust (`pygrpc-native`): for a mesh beside the service that does TLS.

What differs from gRPC's own server, and what is mended here, stands in docs/native.md. Imported only when it is asked
for: the package need not be there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import grpc
from pygrpc_native.aio import Server

from linkedaccounts.endpoints.answers import Context, Handler
from linkedaccounts.endpoints.errors import PUSHBACK

IO_THREADS = 1
"""One keeps up with one event loop: a second brought nothing that could be measured."""
LAST_ANSWERS_SECONDS = 0.1
"""Closing does not wait for answers that were given and are not written yet."""
NOT_SENT = frozenset({PUSHBACK})
"""Trailing metadata that the package takes to be gRPC's own business, and would leave the call without any end for."""
STOPPING = "the service is stopping"

Metadata: TypeAlias = Sequence[tuple[str, str | bytes]]
Behaviour: TypeAlias = Callable[[Any, Any], Awaitable[Any]]

KINDS: Mapping[tuple[bool, bool], Callable[[Behaviour], Handler]] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}
"""By whether there are many requests, and many answers."""


class NativeServer(Server):
    """A server as grpc.aio makes one, in plain text and on one port only.

    It serves methods with one request itself. All others go to a server of grpc.aio behind it, on a Unix socket.
    ``interceptor`` is asked for each method once, before it starts.
    """

    def __init__(self, interceptor: grpc.aio.ServerInterceptor, options: Sequence[tuple[str, Any]]) -> None:
        super().__init__(options=options, io_threads=IO_THREADS)
        self._interceptor = interceptor
        self._at_work = _AtWork()
        self._services: dict[str, Mapping[str, Handler]] = {}

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        """Generated code adds each method in this way too, for servers that know no other."""

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Handler]) -> None:
        """Serves the methods of a service once it starts."""
        self._services[service_name] = method_handlers

    async def start(self) -> None:
        """Begins to answer. grpc.aio 1.83 does not know registered methods, so those of the server behind are not."""
        behind: dict[str, Handler] = {}
        for service, methods in self._services.items():
            of_one = {}
            for name, inner in methods.items():
                path = f"/{service}/{name}"
                handler = await self._intercepted(path, inner)
                if inner.request_streaming:
                    behind[path] = self._at_work.counting(handler)
                else:
                    of_one[name] = self._at_work.counting(_given(handler))
            super().add_registered_method_handlers(service, of_one)
        super().add_generic_rpc_handlers((_ByPath(behind, await self._intercepted("", None)),))
        await super().start()

    async def stop(self, grace: float | None) -> None:
        """Takes no more calls, lets those at work end for ``grace`` seconds, and stops."""
        if grace:
            await self._at_work.end(grace)
            await asyncio.sleep(LAST_ANSWERS_SECONDS)
        await super().stop(None)

    async def _intercepted(self, path: str, inner: Handler | None) -> Any:
        async def continuation(_: object) -> Any:
            return inner

        return await self._interceptor.intercept_service(continuation, _Method(path))


@dataclass(frozen=True, slots=True)
class _Method(grpc.HandlerCallDetails):
    """What an interceptor is told before there is any call."""

    method: str
    invocation_metadata: tuple[tuple[str, str | bytes], ...] = ()


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
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._none.wait()

    def counting(self, handler: Any) -> Handler:
        """The handler, whose calls are counted while they are at work."""
        behaviour = behaviour_of(handler)

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

        return KINDS[handler.request_streaming, handler.response_streaming](counted)


class _ByPath(grpc.GenericRpcHandler):
    """Handlers by the whole path of their methods, and one for any other."""

    def __init__(self, handlers: Mapping[str, Handler], other: Handler) -> None:
        self._handlers = handlers
        self._other = other

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler:
        """The method's handler."""
        return self._handlers.get(handler_call_details.method, self._other)


def behaviour_of(handler: Any) -> Behaviour:
    """What a handler does, of whichever kind."""
    behaviour: Behaviour = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
    return behaviour


def _given(handler: Any) -> Handler:
    """A handler that is given its one request, of one that reads it."""
    behaviour = behaviour_of(handler)

    async def given(request: bytes, context: Context) -> Any:
        return await behaviour(request, _Given(context, request))

    return KINDS[False, handler.response_streaming](given)


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
