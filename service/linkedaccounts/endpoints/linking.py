"""LinkingService: parse, call, render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linkedaccounts.application.eligibility import Eligibility, EligibilityRequest
from linkedaccounts.application.verify_credentials import Credentials
from linkedaccounts.endpoints.account_response import accounts, linked_group
from linkedaccounts.endpoints.call_context import current_call
from linkedaccounts.endpoints.eligibility_request import eligibility_request
from linkedaccounts.endpoints.eligibility_response import eligibility_response
from linkedaccounts.endpoints.link_response import link_preview, linkable_accounts
from linkedaccounts.endpoints.picked_accounts import picked_accounts
from linkedaccounts.endpoints.seller_calls import SellerCalls
from linkedaccounts.endpoints.service import SellerService
from linkedaccounts.endpoints.timestamps import timestamp
from linkedaccounts.v1 import linking_service_pb2 as contract
from linkedaccounts.v1.linking_service_pb2_grpc import LinkingServiceServicer


@dataclass(frozen=True, slots=True)
class Linking(LinkingServiceServicer):
    """Answers with the use cases given."""

    check_eligibility: Callable[[EligibilityRequest], Eligibility]
    seller: SellerService
    calls: SellerCalls

    async def AddAccount(self, request: contract.AddAccountRequest, context: Any) -> contract.AddAccountResponse:
        credentials = Credentials(request.email, request.password, request.client_address)
        added = await self.calls.ask(context, self.seller.add_account, request.request_id, credentials)
        return contract.AddAccountResponse(
            accounts=accounts(added.accounts, self.calls.names()), expires_at=timestamp(added.expires_at)
        )

    async def ListLinkableAccounts(
        self, request: contract.ListLinkableAccountsRequest, context: Any
    ) -> contract.ListLinkableAccountsResponse:
        decided = await self.calls.ask(context, self.seller.list_linkable_accounts)
        return linkable_accounts(decided, self.calls.names())

    async def PreviewLink(self, request: contract.PreviewLinkRequest, context: Any) -> contract.PreviewLinkResponse:
        picked = picked_accounts(request.account_ids)
        preview = await self.calls.ask(context, self.seller.preview_link, picked, explain=request.explain)
        return link_preview(preview, self.calls.names())

    async def LinkAccounts(self, request: contract.LinkAccountsRequest, context: Any) -> contract.LinkAccountsResponse:
        linked = await self.calls.ask(
            context,
            self.seller.link_accounts,
            request.request_id,
            picked_accounts(request.account_ids),
            accept_permanence=request.accept_permanence,
        )
        group = linked_group(linked.group, self.calls.names())
        return contract.LinkAccountsResponse(group=group, policy_version=linked.policy_version)

    async def GetLinkedAccounts(
        self, request: contract.GetLinkedAccountsRequest, context: Any
    ) -> contract.GetLinkedAccountsResponse:
        groups, names = await self.calls.ask(context, self.seller.get_linked_accounts), self.calls.names()
        return contract.GetLinkedAccountsResponse(groups=[linked_group(group, names) for group in groups])

    async def UnlinkAccounts(
        self, request: contract.UnlinkAccountsRequest, context: Any
    ) -> contract.UnlinkAccountsResponse:
        picked = picked_accounts(request.account_ids)
        return await self.calls.ask(context, self.seller.unlink_accounts, request.request_id, picked)

    async def CheckEligibility(
        self, request: contract.CheckEligibilityRequest, context: Any
    ) -> contract.CheckEligibilityResponse:
        return eligibility_response(self.check_eligibility(eligibility_request(request)), current_call().language)
