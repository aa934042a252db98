"""From a gRPC status with its details to a typed error: the one place that knows which is which."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, LocalizedMessage, PreconditionFailure, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from linkedaccounts.client.errors import (
    DeadlineExceeded,
    InvalidRequest,
    LinkedAccountsError,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Overloaded,
    PreconditionFailed,
    RateMissing,
    RefusedByPolicy,
    TooManySignIns,
    TryAgain,
    Unavailable,
    Unexpected,
)
from linkedaccounts.client.failure import Failure, FieldProblem, PolicyReason
from linkedaccounts.client.sending import Sending
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote, QuoteResult

M = TypeVar("M", bound=Message)

BY_CODE: Mapping[grpc.StatusCode, type[LinkedAccountsError]] = MappingProxyType(
    {
        grpc.StatusCode.INVALID_ARGUMENT: InvalidRequest,
        grpc.StatusCode.FAILED_PRECONDITION: PreconditionFailed,
        grpc.StatusCode.PERMISSION_DENIED: NotPermitted,
        grpc.StatusCode.UNAUTHENTICATED: NotPermitted,
        grpc.StatusCode.NOT_FOUND: NotFound,
        grpc.StatusCode.ABORTED: TryAgain,
        grpc.StatusCode.RESOURCE_EXHAUSTED: Overloaded,
        grpc.StatusCode.UNAVAILABLE: Unavailable,
        grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceeded,
    }
)
SESSION_ENDED = "SESSION_ENDED"
SESSION_EXPIRED = "SESSION_EXPIRED"
BY_REASON: Mapping[str, type[LinkedAccountsError]] = MappingProxyType(
    {
        "RATE_MISSING": RateMissing,
        "SESSION_REQUIRED": NotSignedIn,
        "SESSION_INVALID": NotSignedIn,
        SESSION_EXPIRED: NotSignedIn,
        SESSION_ENDED: NotSignedIn,
        "SIGN_IN_REFUSED": NotSignedIn,
        "TOO_MANY_SIGN_INS": TooManySignIns,
    }
)
"""Reasons that have a type of their own, more exact than the status's."""

POLICY_REASONS = "reasons"
"""Where ErrorInfo lists the reasons of the policy: their codes, with commas."""

CODES: Mapping[int, grpc.StatusCode] = MappingProxyType({code.value[0]: code for code in grpc.StatusCode})


def result_or_error(result: QuoteResult) -> FeeQuote:
    """The quote of one result of a batch or stream; raises what a single call would have raised."""
    if result.HasField("error"):
        raise error_of(result.error)
    return result.quote


@contextmanager
def typed_errors(request_id: str, sending: Sending | None = None, idempotency_key: str = "") -> Iterator[None]:
    """Raises the errors of gRPC calls made inside, of either kind of channel, as this library's.

    Where the call ended because the caller's own requests raised an error, that one is raised as it is.
    """
    try:
        yield
    except (grpc.RpcError, CancelledError) as error:
        if sending is not None and sending.failure is not None:
            raise sending.failure from None
        if isinstance(error, CancelledError):
            raise
        raise error_of(_status(error), request_id, idempotency_key) from error


def error_of(status: Status, request_id: str = "", idempotency_key: str = "") -> LinkedAccountsError:
    """The typed error of a status that is not OK."""
    failure = _failure(status, request_id, idempotency_key)
    if failure.policy_reasons:
        return RefusedByPolicy(failure)
    kind = BY_REASON.get(failure.reason) or BY_CODE.get(failure.code, Unexpected)
    return kind(failure)


def _status(error: grpc.RpcError) -> Status:
    """The status with its details; only code and message where there are none, or where they contradict it."""
    call: Any = error  # both kinds of channel raise errors that are calls too
    try:
        rich = rpc_status.from_call(call)
    except (ValueError, DecodeError):
        rich = None
    return rich or Status(code=error.code().value[0], message=error.details() or "")


def _failure(status: Status, request_id: str, idempotency_key: str) -> Failure:
    info = _detail(status, ErrorInfo())
    return Failure(
        code=CODES.get(status.code, grpc.StatusCode.UNKNOWN),
        message=status.message,
        reason=info.reason,
        metadata=dict(info.metadata),
        localized=_detail(status, LocalizedMessage()).message,
        problems=tuple(map(_problem, _detail(status, BadRequest()).field_violations)),
        policy_reasons=_policy_reasons(status, info),
        retry_after=_retry_after(status),
        request_id=request_id,
        idempotency_key=idempotency_key,
    )


def _detail(status: Status, kind: M) -> M:
    """The detail of this kind, or an empty one; each kind stands in a status at most once (AIP-193)."""
    for detail in status.details:
        if detail.Unpack(kind):
            break
    return kind


def _problem(violation: BadRequest.FieldViolation) -> FieldProblem:
    localized = violation.localized_message.message or violation.description
    return FieldProblem(violation.field, violation.reason, violation.description, localized)


def _policy_reasons(status: Status, info: ErrorInfo) -> tuple[PolicyReason, ...]:
    """Why the policy refuses; empty if it is not the policy that does. By code alone what the list had no room for."""
    if POLICY_REASONS not in info.metadata:
        return ()
    violations = _detail(status, PreconditionFailure()).violations
    listed = [PolicyReason(one.subject, one.type, one.description) for one in violations]
    missing = set(codes := info.metadata[POLICY_REASONS].split(",")) - {one.reason for one in listed}
    return (*listed, *(PolicyReason("", code, "") for code in codes if code in missing))


def _retry_after(status: Status) -> timedelta | None:
    retry = _detail(status, RetryInfo())
    return retry.retry_delay.ToTimedelta() if retry.HasField("retry_delay") else None
