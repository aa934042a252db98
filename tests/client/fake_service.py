# ruff: noqa: N802  # a servicer's methods are named by the contract
"""A small real server that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import grpc
from grpc_reflection.v1alpha import reflection

from linkedaccounts.v1 import fee_quote_service_pb2 as fees
from linkedaccounts.v1 import linking_service_pb2 as linking
from linkedaccounts.v1 import policy_service_pb2 as policies
from linkedaccounts.v1.account_service_pb2_grpc import add_AccountServiceServicer_to_server
from linkedaccounts.v1.fee_quote_service_pb2_grpc import FeeQuoteServiceServicer, add_FeeQuoteServiceServicer_to_server
from linkedaccounts.v1.linking_service_pb2_grpc import add_LinkingServiceServicer_to_server
from linkedaccounts.v1.policy_service_pb2_grpc import PolicyServiceServicer, add_PolicyServiceServicer_to_server
from linkedaccounts.v1.registration_service_pb2_grpc import add_RegistrationServiceServicer_to_server
from tests.client.fake_accounts import FakeAccounts
from tests.client.fake_calls import Refused, aborted


def echoed(request: fees.QuoteFeesRequest) -> fees.FeeQuote:
    """A quote with the request's day and stores."""
    return fees.FeeQuote(day=request.day, lines=[fees.QuoteLine(store=store.store) for store in request.stores])


@dataclass
class FakeService(FakeAccounts, FeeQuoteServiceServicer, PolicyServiceServicer):
    """Refuses with each of ``refusals`` first; then ``quote`` makes the quotes, and the rest is as it is set.

    A stream ends after ``answers_a_stream`` answers, however much the caller still sends; None is never.
    """

    quote: Callable[[fees.QuoteFeesRequest], fees.FeeQuote | Refused] = echoed
    schedule: Callable[[str], fees.GetFeeScheduleResponse] = lambda day: fees.GetFeeScheduleResponse(day=day)
    eligibility: linking.CheckEligibilityResponse = field(default_factory=linking.CheckEligibilityResponse)
    policy: policies.GetPolicyResponse = field(default_factory=lambda: policies.GetPolicyResponse(version="abc"))
    versions: policies.ListPolicyVersionsResponse = field(default_factory=policies.ListPolicyVersionsResponse)
    answers_a_stream: int | None = None
    target: str = ""

    def QuoteFees(self, request: fees.QuoteFeesRequest, context: Any) -> fees.QuoteFeesResponse:
        self.enter(request, context)
        answer = self.quote(request)
        if isinstance(answer, Refused):
            raise aborted(answer, context)
        return fees.QuoteFeesResponse(quote=answer)

    def BatchQuoteFees(self, request: fees.BatchQuoteFeesRequest, context: Any) -> fees.BatchQuoteFeesResponse:
        self.enter(request, context)
        return fees.BatchQuoteFeesResponse(results=[self._result(one) for one in request.requests])

    def StreamQuoteFees(
        self, request_iterator: Iterator[fees.StreamQuoteFeesRequest], context: Any
    ) -> Iterator[fees.StreamQuoteFeesResponse]:
        self.enter(None, context)
        for message in islice(request_iterator, self.answers_a_stream):
            yield fees.StreamQuoteFeesResponse(result=self._result(message.request))

    def QuoteSellerFees(self, request: fees.QuoteSellerFeesRequest, context: Any) -> Any:
        return self.answer(request, context, fees.QuoteSellerFeesResponse())

    def GetFeeSchedule(self, request: fees.GetFeeScheduleRequest, context: Any) -> fees.GetFeeScheduleResponse:
        self.enter(request, context)
        return self.schedule(request.day)

    def CheckEligibility(
        self, request: linking.CheckEligibilityRequest, context: Any
    ) -> linking.CheckEligibilityResponse:
        self.enter(request, context)
        return self.eligibility

    def GetPolicy(self, request: policies.GetPolicyRequest, context: Any) -> policies.GetPolicyResponse:
        self.enter(request, context)
        return self.policy

    def Explain(self, request: policies.ExplainRequest, context: Any) -> policies.ExplainResponse:
        self.enter(request, context)
        return policies.ExplainResponse(policy_version=self.policy.version)

    def ListPolicyVersions(self, request: policies.ListPolicyVersionsRequest, context: Any) -> Any:
        self.enter(request, context)
        return self.versions

    def RollbackPolicy(self, request: policies.RollbackPolicyRequest, context: Any) -> Any:
        self.enter(request, context)
        return policies.RollbackPolicyResponse(version=request.version)

    def ResumePolicy(self, request: policies.ResumePolicyRequest, context: Any) -> Any:
        self.enter(request, context)
        return policies.ResumePolicyResponse(version=self.policy.version)

    def _result(self, request: fees.QuoteFeesRequest) -> fees.QuoteResult:
        answer = self.quote(request)
        if isinstance(answer, Refused):
            return fees.QuoteResult(error=answer.status())
        return fees.QuoteResult(quote=answer)


@contextmanager
def running(credentials: grpc.ServerCredentials | None = None) -> Iterator[FakeService]:
    """A fake service on a free port of this machine, until the block ends."""
    server = grpc.server(ThreadPoolExecutor(8))
    service = FakeService()
    add_AccountServiceServicer_to_server(service, server)
    add_FeeQuoteServiceServicer_to_server(service, server)
    add_LinkingServiceServicer_to_server(service, server)
    add_PolicyServiceServicer_to_server(service, server)
    add_RegistrationServiceServicer_to_server(service, server)
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
