"""One request and one answer, over either kind of channel."""

from __future__ import annotations

from typing import TypeVar

import grpc
from google.protobuf.message import Message
from grpc import aio

from linkedaccounts.client.call import Call
from linkedaccounts.client.status import typed_errors

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)


def send(method: grpc.UnaryUnaryMultiCallable[Request, Response], request: Request, call: Call) -> Response:
    """The answer; LinkedAccountsError."""
    with typed_errors(call.request_id, idempotency_key=call.idempotency_key):
        return method(request, timeout=call.timeout, metadata=call.metadata)


async def send_awaited(
    method: aio.UnaryUnaryMultiCallable[Request, Response], request: Request, call: Call
) -> Response:
    """The answer; LinkedAccountsError."""
    with typed_errors(call.request_id, idempotency_key=call.idempotency_key):
        return await method(request, timeout=call.timeout, metadata=call.metadata)
