"""LinkingService: parse, call, render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linkedaccounts.application.eligibility import Eligibility, EligibilityRequest
from linkedaccounts.endpoints.call_context import current_call
from linkedaccounts.endpoints.eligibility_request import eligibility_request
from linkedaccounts.endpoints.eligibility_response import eligibility_response
from linkedaccounts.v1 import linking_service_pb2 as contract
from linkedaccounts.v1.linking_service_pb2_grpc import LinkingServiceServicer


@dataclass(frozen=True, slots=True)
class Linking(LinkingServiceServicer):
    """Answers with the use cases given."""

    check_eligibility: Callable[[EligibilityRequest], Eligibility]

    async def CheckEligibility(
        self, request: contract.CheckEligibilityRequest, context: Any
    ) -> contract.CheckEligibilityResponse:
        return eligibility_response(self.check_eligibility(eligibility_request(request)), current_call().language)
