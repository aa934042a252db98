"""RegistrationService: parse, call, render."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from linkedaccounts.application.start_registration import RegistrationRequest
from linkedaccounts.endpoints.call_context import current_call
from linkedaccounts.endpoints.enum_names import enum_names, name_of
from linkedaccounts.endpoints.registration_response import offers, registered, registration
from linkedaccounts.endpoints.seller_calls import SellerCalls
from linkedaccounts.endpoints.service import SellerService
from linkedaccounts.v1 import facts_pb2
from linkedaccounts.v1 import registration_service_pb2 as contract
from linkedaccounts.v1.registration_service_pb2_grpc import RegistrationServiceServicer

BUSINESS_TYPES = enum_names(facts_pb2.BusinessType.DESCRIPTOR)
SELLING_PLANS = enum_names(facts_pb2.SellingPlan.DESCRIPTOR)


@dataclass(frozen=True, slots=True)
class Registrations(RegistrationServiceServicer):
    """Answers with the use cases given."""

    seller: SellerService
    calls: SellerCalls

    async def ListStores(self, request: contract.ListStoresRequest, context: Any) -> contract.ListStoresResponse:
        offered = await self.calls.ask(context, self.seller.list_stores, request.region, request.from_account_id)
        return offers(offered, current_call().language)

    async def StartRegistration(
        self, request: contract.StartRegistrationRequest, context: Any
    ) -> contract.StartRegistrationResponse:
        wanted = RegistrationRequest(
            store=request.store,
            from_account=request.from_account_id,
            business_type=name_of(request.business_type, BUSINESS_TYPES),
            selling_plan=name_of(request.selling_plan, SELLING_PLANS),
        )
        view = await self.calls.ask(context, self.seller.start_registration, request.request_id, wanted)
        return contract.StartRegistrationResponse(registration=registration(view, current_call().language))

    async def SaveRegistrationDetails(
        self, request: contract.SaveRegistrationDetailsRequest, context: Any
    ) -> contract.SaveRegistrationDetailsResponse:
        given = (request.request_id, request.registration_id, dict(request.details))
        view = await self.calls.ask(context, self.seller.save_registration_details, *given)
        return contract.SaveRegistrationDetailsResponse(registration=registration(view, current_call().language))

    async def CompleteRegistration(
        self, request: contract.CompleteRegistrationRequest, context: Any
    ) -> contract.CompleteRegistrationResponse:
        given = (request.request_id, request.registration_id, dict(request.details))
        done = await self.calls.ask(context, self.seller.complete_registration, *given)
        return registered(done, self.calls.names())

    async def GetRegistration(
        self, request: contract.GetRegistrationRequest, context: Any
    ) -> contract.GetRegistrationResponse:
        view = await self.calls.ask(context, self.seller.get_registration, request.registration_id)
        return contract.GetRegistrationResponse(registration=registration(view, current_call().language))
