"""The outermost layer of every call, made once for each method: id, language, caller, limits, errors, the log's line.

Whatever happens inside a call ends here as one status and one line. Handlers exchange bytes with gRPC and messages
with the servicer, so a request that cannot be read is an error like any other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc
import structlog

from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.application.refusals import Exhausted, Refusal
from linkedaccounts.endpoints.admission import Admission, Admit
from linkedaccounts.endpoints.answers import Answer, Context, Handler, answer_of
from linkedaccounts.endpoints.call_context import REQUEST_ID, CallContext, begin_call
from linkedaccounts.endpoints.call_log import CallLine, Log
from linkedaccounts.endpoints.call_trace import CallTrace
from linkedaccounts.endpoints.deadlines import in_time
from linkedaccounts.endpoints.errors import end_unexpectedly, end_with
from linkedaccounts.endpoints.shedding import EXEMPT, Shed, never
from linkedaccounts.endpoints.tally import TOO_MANY_CALLS, Tally
from linkedaccounts.endpoints.tracing import Tracing

RETRY_AFTER_SECONDS = 1
NO_METHOD = "(none)"
"""Stands in the log for a method that there is not, whose name is only the caller's."""
ENDLESS = "/linkedaccounts.v1.EventService/"
"""Streams that wait for what happens: they have a limit of their own, need no time, and outlast policies."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one process: calls at work at once, and the bytes of one request."""

    concurrent_calls: int
    message_bytes: int


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Wraps every method's handler; a call holds one policy of ``policy`` from its beginning to its end."""

    def __init__(
        self, limits: Limits, admission: Admission, log: Log, tally: Tally, policy: PolicyKeeper, shed: Shed = never
    ) -> None:
        """``shed`` says of each call whether, and by what, it is refused before anything else is done for it."""
        self._shed = shed
        self._limits = limits
        self._admission = admission
        self._log = log
        self._tally = tally
        self._policy = policy
        self._tracing: Tracing | None = None
        self._handlers: dict[str, Handler] = {}
        self._stopping = asyncio.Event()
        no_method = self._guarded(NO_METHOD, admission.to_no_method(), _no_such_method, early=False)
        self._no_method: Handler = grpc.stream_stream_rpc_method_handler(no_method)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """The wrapped handler of the method, from the second call on out of a table."""
        method = handler_call_details.method
        if refused := self._shed(method):
            return refused
        if handler := self._handlers.get(method):
            return handler
        if (inner := await continuation(handler_call_details)) is None:
            return self._no_method
        handler = self._handlers[method] = self._wrapped(method, inner)
        return handler

    def trace_by(self, tracing: Tracing) -> None:
        """Has calls traced; to be said before the first one comes."""
        self._tracing = tracing

    def end_watching(self) -> None:
        """Ends the endless calls of health and reflection: a stop need not wait for who only watches."""
        self._stopping.set()

    def _wrapped(self, method: str, inner: Handler) -> Handler:
        """All kinds read their requests themselves: only so is a call without any request answered at all."""
        answer = answer_of(inner, self._limits.message_bytes)
        if method.startswith(EXEMPT):
            answer = self._ending(answer)
        elif not method.startswith(ENDLESS):
            answer = self._limited(answer if inner.request_streaming else in_time(answer, self._tally))
        if not inner.request_streaming and not method.startswith(ENDLESS):
            answer = self._of_one_policy(answer)
        guarded = self._guarded(method, self._admission.to(method), answer, early=inner.response_streaming)
        if inner.response_streaming:
            return grpc.stream_stream_rpc_method_handler(guarded)
        return grpc.stream_unary_rpc_method_handler(guarded)

    def _guarded(self, method: str, admit: Admit, answer: Answer, *, early: bool) -> Any:
        """``early`` tells the request id before the answer; else it goes with the answer's end."""
        traced = not method.startswith(EXEMPT)

        async def call(_requests: object, context: Context) -> Any:
            began, started_at = time.perf_counter(), time.time()
            this = begin_call(context, method)
            if self._tracing is not None and traced:
                self._tracing.begin(this)
            status = "OK"
            try:
                return await _answered(answer, admit, this, context, early=early)
            except grpc.aio.AbortError:
                status = _code(context) or "UNKNOWN"
                raise
            except (asyncio.CancelledError, grpc.aio.BaseError):
                status = _how_cancelled(context)
                raise asyncio.CancelledError from None
            finally:
                self._ended(this, method, status, started_at, (time.perf_counter() - began) * 1000)

        return call

    def _of_one_policy(self, answer: Answer) -> Answer:
        async def of_one(context: Context) -> Any:
            self._policy.begin_call()
            return await answer(context)

        return of_one

    def _limited(self, answer: Answer) -> Answer:
        most, tally = self._limits.concurrent_calls, self._tally

        async def limited(context: Context) -> Any:
            if tally.at_work >= most:
                values = {"limit": str(most), "retry_after": str(RETRY_AFTER_SECONDS)}
                tally.shed[TOO_MANY_CALLS] += 1
                raise Exhausted("TOO_MANY_CALLS", values, RETRY_AFTER_SECONDS)
            tally.at_work += 1
            try:
                return await answer(context)
            finally:
                tally.at_work -= 1

        return limited

    def _ending(self, answer: Answer) -> Answer:
        async def ending(context: Context) -> Any:
            work = asyncio.ensure_future(answer(context))
            stopping = asyncio.ensure_future(self._stopping.wait())
            try:
                await asyncio.wait((work, stopping), return_when=asyncio.FIRST_COMPLETED)
                if work.done():
                    return work.result()
                await context.abort(grpc.StatusCode.UNAVAILABLE, "the service is stopping")
            finally:
                work.cancel()
                stopping.cancel()

        return ending

    def _ended(self, call: CallContext, method: str, status: str, at: float, duration_ms: float) -> None:
        self._tally.ended[method, status].add(duration_ms / 1000)
        took, version = round(duration_ms, 3), self._policy.of_call().version
        trace_id = "" if call.trace is None else _traced(call, call.trace, status, version)
        of_call = (call.request_id, version, call.caller, call.quotes, trace_id)
        self._log.call(CallLine(at, method, status, took, *of_call))


def _traced(call: CallContext, trace: CallTrace, status: str, version: str) -> str:
    said = {"request_id": call.request_id, "policy_version": version, "caller": call.caller, "quotes": call.quotes}
    return trace.end(status, **said)


async def _answered(answer: Answer, admit: Admit, call: CallContext, context: Context, *, early: bool) -> Any:
    """The answer, if the caller may ask; a refusal or an error that nobody foresaw ends the call with its status."""
    request_id = ((REQUEST_ID, call.request_id),)
    context.set_trailing_metadata(request_id)
    try:
        if early:
            await context.send_initial_metadata(request_id)
        admit(call, context)
        return await answer(context)
    except Refusal as refusal:
        await end_with(refusal, call.language, context)
    except grpc.aio.BaseError:
        raise
    except Exception as error:  # noqa: BLE001 - nobody foresaw it, and the caller must not see it
        structlog.get_logger().error("unexpected_error", request_id=call.request_id, exc_info=error)
        await end_unexpectedly(context)


async def _no_such_method(context: Context) -> None:
    await context.abort(grpc.StatusCode.UNIMPLEMENTED, "there is no such method; reflection lists those there are")


def _code(context: Context) -> str | None:
    """The status that the caller was told, or was being told; None if there is none yet."""
    code: Any = context.code()
    return code.name if isinstance(code, grpc.StatusCode) else None


def _how_cancelled(context: Context) -> str:
    """The caller gave up, or the call's time ran out; unless it has its status, and hung up on that."""
    left: float | None = context.time_remaining()
    return _code(context) or ("DEADLINE_EXCEEDED" if left is not None and left <= 0 else "CANCELLED")
