"""AccountService: parse, call, render."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from linkedaccounts.application.verify_credentials import Credentials
from linkedaccounts.endpoints.account_response import session, session_tokens
from linkedaccounts.endpoints.seller_calls import SellerCalls
from linkedaccounts.endpoints.service import SellerService
from linkedaccounts.v1 import account_service_pb2 as contract
from linkedaccounts.v1.account_service_pb2_grpc import AccountServiceServicer


@dataclass(frozen=True, slots=True)
class Accounts(AccountServiceServicer):
    """Answers with the use cases given."""

    seller: SellerService
    calls: SellerCalls

    async def SignIn(self, request: contract.SignInRequest, context: Any) -> contract.SignInResponse:
        credentials = Credentials(request.email, request.password, request.client_address)
        signed_in = await self.calls.ask(context, self.seller.sign_in, request.request_id, credentials)
        return contract.SignInResponse(
            tokens=session_tokens(signed_in.tokens), session=session(signed_in.reach, self.calls.names())
        )

    async def RefreshSession(
        self, request: contract.RefreshSessionRequest, context: Any
    ) -> contract.RefreshSessionResponse:
        use_case = self.seller.refresh_session
        tokens = await self.calls.ask(context, use_case, request.request_id, request.refresh_token)
        return contract.RefreshSessionResponse(tokens=session_tokens(tokens))

    async def SignOut(self, request: contract.SignOutRequest, context: Any) -> contract.SignOutResponse:
        await self.calls.ask(context, self.seller.sign_out)
        return contract.SignOutResponse()

    async def GetSession(self, request: contract.GetSessionRequest, context: Any) -> contract.GetSessionResponse:
        reach = await self.calls.ask(context, self.seller.get_session)
        return contract.GetSessionResponse(session=session(reach, self.calls.names()))
