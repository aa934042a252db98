"""The client for asyncio."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from typing import Self, TypeVar, Unpack

from google.protobuf.message import Message
from grpc import aio

from linkedaccounts.client.account import Account, Day, day_text, quote_request
from linkedaccounts.client.asynchronous_billing import AsyncBilling
from linkedaccounts.client.asynchronous_events import AsyncEvents
from linkedaccounts.client.asynchronous_session import AsyncSellerSession
from linkedaccounts.client.call import CallDefaults, CallOptions, Timeout
from linkedaccounts.client.change import ChangeOptions, key_of
from linkedaccounts.client.connection import DEFAULT_TARGET, ChannelOptions, Tls, channel_options
from linkedaccounts.client.held_tokens import Clock, utc_now
from linkedaccounts.client.privacy import Way
from linkedaccounts.client.sending import Sending
from linkedaccounts.client.session_requests import sign_in_request
from linkedaccounts.client.standing import Standing, eligibility_request
from linkedaccounts.client.status import typed_errors
from linkedaccounts.client.stream_end import StreamEnd
from linkedaccounts.client.token import check_token
from linkedaccounts.client.unary import send_awaited
from linkedaccounts.v1.account_service_pb2 import SessionTokens
from linkedaccounts.v1.account_service_pb2_grpc import AccountServiceStub
from linkedaccounts.v1.fee_quote_service_pb2 import (
    BatchQuoteFeesRequest,
    FeeQuote,
    GetFeeScheduleRequest,
    GetFeeScheduleResponse,
    QuoteFeesRequest,
    QuoteResult,
    StoreAccount,
)
from linkedaccounts.v1.fee_quote_service_pb2_grpc import FeeQuoteServiceStub
from linkedaccounts.v1.linking_service_pb2 import AccountStanding, CheckEligibilityResponse
from linkedaccounts.v1.linking_service_pb2_grpc import LinkingServiceStub
from linkedaccounts.v1.policy_service_pb2 import (
    ExplainRequest,
    ExplainResponse,
    GetPolicyRequest,
    GetPolicyResponse,
    ListPolicyVersionsRequest,
    ListPolicyVersionsResponse,
    ResumePolicyRequest,
    ResumePolicyResponse,
    RollbackPolicyRequest,
    RollbackPolicyResponse,
)
from linkedaccounts.v1.policy_service_pb2_grpc import PolicyServiceStub

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)


class AsyncClient:
    """A connection to the service, to be made and used on one event loop, and meant to be kept for many calls.

    The same as ``Client``, awaited: methods, arguments, answers and errors.
    """

    def __init__(  # noqa: PLR0913  # each is a matter of its own, given by its name
        self,
        target: str = DEFAULT_TARGET,
        *,
        tls: Tls | None = None,
        token: str = "",
        plaintext_token: bool = False,
        timeout: Timeout = 5.0,
        language: str = "en",
        options: ChannelOptions = (),
        clock: Clock = utc_now,
    ) -> None:
        self._way = Way(target, encrypted=tls is not None or plaintext_token)
        if token:
            check_token(token, target, encrypted=self._way.encrypted)
        self._clock = clock
        self._defaults = CallDefaults(language, timeout, token)
        self._channel = _channel(target, tls, options)
        self._quotes = FeeQuoteServiceStub(self._channel)
        self._linking = LinkingServiceStub(self._channel)
        self._policies = PolicyServiceStub(self._channel)
        self._accounts = AccountServiceStub(self._channel)
        self._billing = AsyncBilling(self._channel, self._defaults)
        self._events = AsyncEvents(self._channel, self._defaults)

    @property
    def billing(self) -> AsyncBilling:
        """What sellers were charged, and what they will be."""
        return self._billing

    @property
    def events(self) -> AsyncEvents:
        """What happened to sellers, and what happens."""
        return self._events

    async def quote_fees(
        self,
        accounts: Iterable[Account | StoreAccount],
        *,
        day: Day | None = None,
        linked: bool = True,
        home_store: str = "",
        explain: bool = False,
        **options: Unpack[CallOptions],
    ) -> FeeQuote:
        """One seller's quote, on a day or else on the server's today."""
        request = quote_request(accounts, day=day, linked=linked, home_store=home_store, explain=explain)
        return (await self._ask(self._quotes.QuoteFees, request, options)).quote

    async def batch_quote_fees(
        self, requests: Iterable[QuoteFeesRequest], **options: Unpack[CallOptions]
    ) -> list[QuoteResult]:
        """Many sellers' quotes in one call, each answered or refused in its place: see ``result_or_error``."""
        batch = BatchQuoteFeesRequest(requests=requests)
        return list((await self._ask(self._quotes.BatchQuoteFees, batch, options)).results)

    async def stream_quote_fees(
        self, requests: Iterable[QuoteFeesRequest] | AsyncIterable[QuoteFeesRequest], **options: Unpack[CallOptions]
    ) -> AsyncGenerator[QuoteResult, None]:
        """Quotes for as long as ``requests`` gives some, in their order; no deadline unless a ``timeout`` is given.

        Closing the generator ends the call.
        """
        call, sending = self._defaults.stream(options), Sending()
        messages = sending.each_awaited(requests)
        with typed_errors(call.request_id, sending):
            answers = self._quotes.StreamQuoteFees(messages, timeout=call.timeout, metadata=call.metadata)
            end = StreamEnd(answers)
            try:
                async for answer in answers:
                    yield answer.result
            except aio.AioRpcError as error:
                if (own := await end.error(error)) is not None:
                    raise own from None
            finally:
                answers.cancel()

    async def get_fee_schedule(self, day: Day | None = None, **options: Unpack[CallOptions]) -> GetFeeScheduleResponse:
        """The stores, their standard fees and the plans, on a day or else on the server's today."""
        return await self._ask(self._quotes.GetFeeSchedule, GetFeeScheduleRequest(day=day_text(day)), options)

    async def check_eligibility(
        self,
        action: str,
        accounts: Iterable[Standing | AccountStanding],
        *,
        day: Day | None = None,
        explain: bool = False,
        new_store: str = "",
        **options: Unpack[CallOptions],
    ) -> CheckEligibilityResponse:
        """Whether somebody may ``link`` or ``unlink`` accounts, on a day or else on the server's today, and why not.

        Or whether they may ``register`` in ``new_store`` from them; then each is asked as the one signed in to.

        A refusal of the policy is an answer, not an error. ValueError if the action or a standing is none there is.
        """
        request = eligibility_request(action, accounts, day, explain, new_store)
        return await self._ask(self._linking.CheckEligibility, request, options)

    async def get_policy(self, **options: Unpack[CallOptions]) -> GetPolicyResponse:
        """Which policy answers, since when, and why the last candidate to replace it did not."""
        return await self._ask(self._policies.GetPolicy, GetPolicyRequest(), options)

    async def explain(self, request: ExplainRequest, **options: Unpack[CallOptions]) -> ExplainResponse:
        """Why the policy decides as it does on some facts, or on a store of a quote, and what would change it."""
        return await self._ask(self._policies.Explain, request, options)

    async def list_policy_versions(self, **options: Unpack[CallOptions]) -> ListPolicyVersionsResponse:
        """Which policies served, the newest first, and what a step back from the one in use leads to."""
        return await self._ask(self._policies.ListPolicyVersions, ListPolicyVersionsRequest(), options)

    async def roll_back_policy(self, version: str, **options: Unpack[CallOptions]) -> RollbackPolicyResponse:
        """Has a policy that served serve again until ``resume_policy``; give the call time, every process follows."""
        return await self._ask(self._policies.RollbackPolicy, RollbackPolicyRequest(version=version), options)

    async def resume_policy(self, **options: Unpack[CallOptions]) -> ResumePolicyResponse:
        """Ends a rollback: the rules directory serves again, unless ``get_policy`` says why not."""
        return await self._ask(self._policies.ResumePolicy, ResumePolicyRequest(), options)

    async def sign_in(
        self, email: str, password: str, *, client_address: str = "", **options: Unpack[ChangeOptions]
    ) -> AsyncSellerSession:
        """Signs a seller in, once for all linked accounts; NotSignedIn for wrong credentials, TooManySignIns.

        ``client_address`` is that of the seller. ValueError if the password would travel to another machine in the
        clear.
        """
        self._way.check_private()
        request = sign_in_request(email, password, client_address, options)
        call = self._defaults.call(options, key_of(request))
        return self.resume_session((await send_awaited(self._accounts.SignIn, request, call)).tokens)

    def resume_session(self, tokens: SessionTokens) -> AsyncSellerSession:
        """Goes on with a session whose tokens were kept, without asking the service yet; ValueError as for sign_in."""
        self._way.check_private()
        return AsyncSellerSession(self._channel, self._defaults, tokens, self._clock)

    async def close(self) -> None:
        """Ends the connection; calls under way are cancelled."""
        await self._channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def _ask(
        self, method: aio.UnaryUnaryMultiCallable[Request, Response], request: Request, options: CallOptions
    ) -> Response:
        return await send_awaited(method, request, self._defaults.call(options))


def _channel(target: str, tls: Tls | None, options: ChannelOptions) -> aio.Channel:
    if tls is None:
        return aio.insecure_channel(target, channel_options(options))
    return aio.secure_channel(target, tls.credentials(), channel_options(options))
