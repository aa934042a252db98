"""The one place that maps a refusal to a gRPC status with the details of google.rpc, each kind at most once.

The texts and lists are cut to what a caller's header limits take; see ``header_room``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message
from google.rpc import code_pb2
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from linkedaccounts.application.policy_refusal import RefusedByPolicy
from linkedaccounts.application.refusals import (
    CallerUnknown,
    Exhausted,
    InvalidRequest,
    NotAsThingsStand,
    NotFound,
    NotSignedIn,
    RateUnavailable,
    Refusal,
    ScopeMissing,
    Stopping,
    TryAgain,
)
from linkedaccounts.endpoints.header_room import MESSAGE_LIMIT, cut, header_bytes, violations_that_fit
from linkedaccounts.endpoints.refusal_details import (
    error_info,
    localized,
    policy_precondition,
    precondition,
    quota,
    retry,
)

PUSHBACK = "grpc-retry-pushback-ms"
NO_USE = "-1"
NOT_FOR_PROGRAMS = frozenset({"TOO_MANY_SIGN_INS"})
"""What passes, and still no program should send again by itself: a password that was wrong is wrong again, each time
makes the wait longer, and waiting for it would use up the call's time, so that the caller never learned why."""
UNEXPECTED = "something went wrong inside the service; quote the request id when you report it"

CODES: Mapping[type[Refusal], int] = MappingProxyType(
    {
        InvalidRequest: code_pb2.INVALID_ARGUMENT,
        CallerUnknown: code_pb2.UNAUTHENTICATED,
        ScopeMissing: code_pb2.PERMISSION_DENIED,
        NotSignedIn: code_pb2.UNAUTHENTICATED,
        NotFound: code_pb2.NOT_FOUND,
        RateUnavailable: code_pb2.FAILED_PRECONDITION,
        NotAsThingsStand: code_pb2.FAILED_PRECONDITION,
        RefusedByPolicy: code_pb2.PERMISSION_DENIED,
        TryAgain: code_pb2.ABORTED,
        Stopping: code_pb2.UNAVAILABLE,
        Exhausted: code_pb2.RESOURCE_EXHAUSTED,
    }
)
"""Of a refusal by the policy: if the seller may not; it is FAILED_PRECONDITION if only how things stand forbids it."""


def status_of(refusal: Refusal, language: str) -> Status:
    """The status that says why, to programs and in ``language`` to people; also for one item of a batch or stream."""
    status = Status(code=_code(refusal), message=cut(refusal.message(), MESSAGE_LIMIT, header_bytes))
    for detail in (error_info(refusal), *_details(refusal, language), localized(refusal, language)):
        packed = Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status


async def end_with(refusal: Refusal, language: str, context: grpc.aio.ServicerContext[bytes, bytes]) -> None:
    """Ends a call with the refusal's status, besides what its end tells anyway; raises grpc.aio.AbortError."""
    status = rpc_status.to_status(status_of(refusal, language))
    told = context.trailing_metadata()
    await context.abort(status.code, status.details, (*told, *status.trailing_metadata, *pushback(refusal)))


async def end_unexpectedly(context: grpc.aio.ServicerContext[bytes, bytes]) -> None:
    """Ends a call with a fixed text that tells nothing of what went wrong; raises grpc.aio.AbortError."""
    await context.abort(grpc.StatusCode.INTERNAL, UNEXPECTED)


def _code(refusal: Refusal) -> int:
    permitted = isinstance(refusal, RefusedByPolicy) and refusal.permitted
    return CODES[NotAsThingsStand if permitted else type(refusal)]


def _details(refusal: Refusal, language: str) -> list[Message]:
    match refusal:
        case InvalidRequest(problems=problems):
            return [BadRequest(field_violations=violations_that_fit(problems, language))]
        case RateUnavailable() | NotAsThingsStand():
            return [precondition(refusal)]
        case RefusedByPolicy():
            return [policy_precondition(refusal)]
        case TryAgain(retry_after=seconds) | Stopping(retry_after=seconds):
            return [retry(seconds)]
        case Exhausted(retry_after=seconds):
            return [quota(refusal)] if seconds is None else [quota(refusal), retry(seconds)]
    return []


def pushback(refusal: Refusal) -> tuple[tuple[str, str], ...]:
    """What gRPC's own retries obey: milliseconds to wait, or that trying again is no use."""
    if not isinstance(refusal, Exhausted | TryAgain):
        return ()
    seconds = None if refusal.reason in NOT_FOR_PROGRAMS else refusal.retry_after
    return ((PUSHBACK, NO_USE if seconds is None else str(round(seconds * 1000))),)
