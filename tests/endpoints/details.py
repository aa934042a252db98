"""Reading the status of a call that failed."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

KINDS = {
    f"type.googleapis.com/google.rpc.{name}": getattr(error_details_pb2, name)
    for name in error_details_pb2.DESCRIPTOR.message_types_by_name
}


def unpacked(status: status_pb2.Status) -> dict[str, Any]:
    """The details by the name of their type; each type may come once."""
    details = [_unpacked(detail) for detail in status.details]
    by_name = {type(detail).__name__: detail for detail in details}
    assert len(by_name) == len(details), "each kind of detail comes once"
    return by_name


def _unpacked(detail: Any) -> Any:
    message = KINDS[detail.type_url]()
    detail.Unpack(message)
    return message


async def failure_of(call: Awaitable[Any]) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


async def refusal_of(call: Any) -> tuple[grpc.StatusCode, dict[str, Any]]:
    """How a call was refused: the code, and the details by name."""
    error = await failure_of(call)
    failed: Any = error
    status = rpc_status.from_call(failed)
    assert status is not None, error
    return error.code(), unpacked(status)


def metadata_of(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    return dict(error.trailing_metadata())
