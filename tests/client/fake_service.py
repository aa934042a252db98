# ruff: noqa: N802  # a servicer's methods are named by the contract
"""A small real server that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from grpc_reflection.v1alpha import reflection
from grpc_status import rpc_status

from linkedaccounts.v1 import fee_quote_service_pb2 as fees
from linkedaccounts.v1 import linking_service_pb2 as linking
from linkedaccounts.v1 import policy_service_pb2 as policies
from linkedaccounts.v1.fee_quote_service_pb2_grpc import FeeQuoteServiceServicer, add_FeeQuoteServiceServicer_to_server
from linkedaccounts.v1.linking_service_pb2_grpc import LinkingServiceServicer, add_LinkingServiceServicer_to_server
from linkedaccounts.v1.policy_service_pb2_grpc import PolicyServiceServicer, add_PolicyServiceServicer_to_server

PUSHBACK = "grpc-retry-pushback-ms"


@dataclass(frozen=True)
class Seen:
    """A call as it arrived."""

    request: Any
    metadata: dict[str, str]
    seconds_left: float | None
    peer: str


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


def echoed(request: fees.QuoteFeesRequest) -> fees.FeeQuote:
    """A quote with the request's day and stores."""
    return fees.FeeQuote(day=request.day, lines=[fees.QuoteLine(store=store.store) for store in request.stores])


@dataclass
class FakeService(FeeQuoteServiceServicer, LinkingServiceServicer, PolicyServiceServicer):
    """Refuses with each of ``refusals`` first; then ``quote`` makes the quotes, and the rest is as it is set.

    A stream ends after ``answers_a_stream`` answers, however much the caller still sends; None is never.
    """

    refusals: deque[Refused] = field(default_factory=deque)
    quote: Callable[[fees.QuoteFeesRequest], fees.FeeQuote | Refused] = echoed
    schedule: Callable[[str], fees.GetFeeScheduleResponse] = lambda day: fees.GetFeeScheduleResponse(day=day)
    eligibility: linking.CheckEligibilityResponse = field(default_factory=linking.CheckEligibilityResponse)
    policy: policies.GetPolicyResponse = field(default_factory=lambda: policies.GetPolicyResponse(version="abc"))
    answers_a_stream: int | None = None
    seen: list[Seen] = field(default_factory=list)
    target: str = ""

    def QuoteFees(self, request: fees.QuoteFeesRequest, context: Any) -> fees.QuoteFeesResponse:
        self._enter(request, context)
        answer = self.quote(request)
        if isinstance(answer, Refused):
            raise _abort(answer, context)
        return fees.QuoteFeesResponse(quote=answer)

    def BatchQuoteFees(self, request: fees.BatchQuoteFeesRequest, context: Any) -> fees.BatchQuoteFeesResponse:
        self._enter(request, context)
        return fees.BatchQuoteFeesResponse(results=[self._result(one) for one in request.requests])

    def StreamQuoteFees(
        self, request_iterator: Iterator[fees.StreamQuoteFeesRequest], context: Any
    ) -> Iterator[fees.StreamQuoteFeesResponse]:
        self._enter(None, context)
        for message in islice(request_iterator, self.answers_a_stream):
            yield fees.StreamQuoteFeesResponse(result=self._result(message.request))

    def GetFeeSchedule(self, request: fees.GetFeeScheduleRequest, context: Any) -> fees.GetFeeScheduleResponse:
        self._enter(request, context)
        return self.schedule(request.day)

    def CheckEligibility(
        self, request: linking.CheckEligibilityRequest, context: Any
    ) -> linking.CheckEligibilityResponse:
        self._enter(request, context)
        return self.eligibility

    def GetPolicy(self, request: policies.GetPolicyRequest, context: Any) -> policies.GetPolicyResponse:
        self._enter(request, context)
        return self.policy

    def _enter(self, request: Any, context: Any) -> None:
        metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        self.seen.append(Seen(request, metadata, context.time_remaining(), context.peer()))
        if self.refusals:
            raise _abort(self.refusals.popleft(), context)

    def _result(self, request: fees.QuoteFeesRequest) -> fees.QuoteResult:
        answer = self.quote(request)
        if isinstance(answer, Refused):
            return fees.QuoteResult(error=answer.status())
        return fees.QuoteResult(quote=answer)


def _abort(refused: Refused, context: Any) -> Exception:
    status: Any = rpc_status.to_status(refused.status())
    if refused.pushback is not None:
        status = status._replace(trailing_metadata=(*status.trailing_metadata, (PUSHBACK, str(refused.pushback))))
    try:
        context.abort_with_status(status)
    except Exception as aborted:  # noqa: BLE001  # the one that gRPC raises has no type of its own
        return aborted
    raise AssertionError("gRPC goes on after an abort")


@contextmanager
def running(credentials: grpc.ServerCredentials | None = None) -> Iterator[FakeService]:
    """A fake service on a free port of this machine, until the block ends."""
    server = grpc.server(ThreadPoolExecutor(4))
    service = FakeService()
    add_FeeQuoteServiceServicer_to_server(service, server)
    add_LinkingServiceServicer_to_server(service, server)
    add_PolicyServiceServicer_to_server(service, server)
    reflection.enable_server_reflection(["linkedaccounts.v1.FeeQuoteService", reflection.SERVICE_NAME], server)
    if credentials is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    service.target = f"127.0.0.1:{port}"
    try:
        yield service
    finally:
        server.stop(None).wait()
