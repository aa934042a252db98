"""The one place that maps a refusal to a gRPC status with the details of google.rpc, each kind at most once.

The texts and lists are cut to what a caller's header limits take; see ``header_room``.
"""

from __future__ import annotations

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from linkedaccounts.application.refusals import (
    CallerUnknown,
    Exhausted,
    InvalidRequest,
    RateUnavailable,
    Refusal,
    ScopeMissing,
)
from linkedaccounts.endpoints.header_room import (
    LOCALIZED_LIMIT,
    MESSAGE_LIMIT,
    VALUE_LIMIT,
    cut,
    header_bytes,
    violations_that_fit,
)

DOMAIN = "linkedaccounts.v1"
PUSHBACK = "grpc-retry-pushback-ms"
NO_USE = "-1"
UNEXPECTED = "something went wrong inside the service; quote the request id when you report it"


def status_of(refusal: Refusal, language: str) -> Status:
    """The status that says why, to programs and in ``language`` to people; also for one item of a batch or stream."""
    code, details = _code_and_details(refusal, language)
    status = Status(code=code, message=cut(refusal.message(), MESSAGE_LIMIT, header_bytes))
    for detail in (_error_info(refusal), *details, _localized(refusal, language)):
        packed = Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status


async def end_with(refusal: Refusal, language: str, context: grpc.aio.ServicerContext[bytes, bytes]) -> None:
    """Ends a call with the refusal's status; raises grpc.aio.AbortError, as ending a call does."""
    status = rpc_status.to_status(status_of(refusal, language))
    await context.abort(status.code, status.details, (*status.trailing_metadata, *_pushback(refusal)))


async def end_unexpectedly(context: grpc.aio.ServicerContext[bytes, bytes]) -> None:
    """Ends a call with a fixed text that tells nothing of what went wrong; raises grpc.aio.AbortError."""
    await context.abort(grpc.StatusCode.INTERNAL, UNEXPECTED)


def _code_and_details(refusal: Refusal, language: str) -> tuple[int, list[Message]]:
    match refusal:
        case InvalidRequest(problems=problems):
            return code_pb2.INVALID_ARGUMENT, [
                error_details_pb2.BadRequest(field_violations=violations_that_fit(problems, language))
            ]
        case RateUnavailable():
            return code_pb2.FAILED_PRECONDITION, [_precondition(refusal)]
        case CallerUnknown():
            return code_pb2.UNAUTHENTICATED, []
        case ScopeMissing():
            return code_pb2.PERMISSION_DENIED, []
        case Exhausted():
            return code_pb2.RESOURCE_EXHAUSTED, [_quota(refusal), *_retry(refusal)]
    raise TypeError(f"{type(refusal).__name__} has no status")


def _error_info(refusal: Refusal) -> error_details_pb2.ErrorInfo:
    values = {name: cut(value, VALUE_LIMIT) for name, value in refusal.values.items()}
    return error_details_pb2.ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=values)


def _localized(refusal: Refusal, language: str) -> error_details_pb2.LocalizedMessage:
    message = cut(refusal.message(language), LOCALIZED_LIMIT)
    return error_details_pb2.LocalizedMessage(locale=language, message=message)


def _precondition(refusal: RateUnavailable) -> error_details_pb2.PreconditionFailure:
    """What has to be there first: the rate of a currency on a day, `AED/1998-05-04`."""
    violation = error_details_pb2.PreconditionFailure.Violation(
        type=refusal.reason,
        subject=f"{refusal.values['currency']}/{refusal.values['day']}",
        description=cut(refusal.message(), VALUE_LIMIT),
    )
    return error_details_pb2.PreconditionFailure(violations=[violation])


def _quota(refusal: Exhausted) -> error_details_pb2.QuotaFailure:
    violation = error_details_pb2.QuotaFailure.Violation(
        subject=f"limit:{refusal.reason}", description=cut(refusal.message(), VALUE_LIMIT)
    )
    return error_details_pb2.QuotaFailure(violations=[violation])


def _retry(refusal: Exhausted) -> list[Message]:
    if refusal.retry_after is None:
        return []
    delay = Duration()
    delay.FromMilliseconds(round(refusal.retry_after * 1000))
    return [error_details_pb2.RetryInfo(retry_delay=delay)]


def _pushback(refusal: Refusal) -> tuple[tuple[str, str], ...]:
    """What gRPC's own retries obey: milliseconds to wait, or that trying again is no use."""
    if not isinstance(refusal, Exhausted):
        return ()
    wait = NO_USE if refusal.retry_after is None else str(round(refusal.retry_after * 1000))
    return ((PUSHBACK, wait),)
