"""What every call to the fake service goes through: it is remembered, and refused if a test says so."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

PUSHBACK = "grpc-retry-pushback-ms"


@dataclass(frozen=True)
class Seen:
    """A call as it arrived."""

    request: Any
    metadata: dict[str, str]
    seconds_left: float | None
    peer: str

    @property
    def method(self) -> str:
        """The method's name in the contract, of a call with one request."""
        return type(self.request).__name__.removesuffix("Request")


@dataclass(frozen=True)
class Refused:
    """A status to end a call with; ``pushback`` in milliseconds."""

    code: grpc.StatusCode
    message: str = "refused"
    details: tuple[Message, ...] = ()
    pushback: int | None = None

    def status(self) -> Status:
        packed = []
        for detail in self.details:
            packed.append(Packed())
            packed[-1].Pack(detail)
        return Status(code=self.code.value[0], message=self.message, details=packed)


@dataclass
class FakeCalls:
    """Refuses with each of ``refusals`` first."""

    refusals: deque[Refused] = field(default_factory=deque)
    seen: list[Seen] = field(default_factory=list)

    def enter(self, request: Any, context: Any) -> Seen:
        metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        seen = Seen(request, metadata, context.time_remaining(), context.peer())
        self.seen.append(seen)
        if self.refusals:
            raise aborted(self.refusals.popleft(), context)
        return seen


def aborted(refused: Refused, context: Any) -> Exception:
    """What to raise to end a call so."""
    status: Any = rpc_status.to_status(refused.status())
    if refused.pushback is not None:
        status = status._replace(trailing_metadata=(*status.trailing_metadata, (PUSHBACK, str(refused.pushback))))
    try:
        context.abort_with_status(status)
    except Exception as raised:  # noqa: BLE001  # the one that gRPC raises has no type of its own
        return raised
    raise AssertionError("gRPC goes on after an abort")
