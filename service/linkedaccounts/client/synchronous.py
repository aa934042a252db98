"""The client for threads."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Self, TypeVar, Unpack

import grpc
from google.protobuf.message import Message

from linkedaccounts.client.account import Account, Day, day_text, quote_request
from linkedaccounts.client.call import CallDefaults, CallOptions, Timeout
from linkedaccounts.client.change import ChangeOptions, key_of
from linkedaccounts.client.connection import DEFAULT_TARGET, ChannelOptions, Tls, channel_options
from linkedaccounts.client.held_tokens import Clock, utc_now
from linkedaccounts.client.privacy import Way
from linkedaccounts.client.sending import Sending
from linkedaccounts.client.session_requests import sign_in_request
from linkedaccounts.client.standing import Standing, eligibility_request
from linkedaccounts.client.status import typed_errors
from linkedaccounts.client.synchronous_billing import Billing
from linkedaccounts.client.synchronous_events import Events
from linkedaccounts.client.synchronous_session import SellerSession
from linkedaccounts.client.token import check_token
from linkedaccounts.client.unary import send
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


class Client:
    """A connection to the service; safe to share between threads, and meant to be kept for many calls.

    Every method raises ``LinkedAccountsError`` or one of its kinds, and takes ``language``, ``timeout`` and
    ``request_id`` for its one call. ``timeout`` here is how long every call waits unless it says otherwise, in seconds.
    ``options`` are further ones of the gRPC channel. OSError or ValueError if the files of ``tls`` are no good.

    ``token`` says which service calls, where the service wants to know; with mutual TLS a certificate may say it. It is
    not sent in the clear to another machine (ValueError), unless ``plaintext_token`` says that a mesh does TLS beside;
    nor are passwords and session tokens. ``clock`` tells when to renew the latter.
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
        self._billing = Billing(self._channel, self._defaults)
        self._events = Events(self._channel, self._defaults)

    @property
    def billing(self) -> Billing:
        """What sellers were charged, and what they will be."""
        return self._billing

    @property
    def events(self) -> Events:
        """What happened to sellers, and what happens."""
        return self._events

    def quote_fees(
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
        return self._ask(self._quotes.QuoteFees, request, options).quote

    def batch_quote_fees(
        self, requests: Iterable[QuoteFeesRequest], **options: Unpack[CallOptions]
    ) -> list[QuoteResult]:
        """Many sellers' quotes in one call, each answered or refused in its place: see ``result_or_error``."""
        batch = BatchQuoteFeesRequest(requests=requests)
        return list(self._ask(self._quotes.BatchQuoteFees, batch, options).results)

    def stream_quote_fees(
        self, requests: Iterable[QuoteFeesRequest], **options: Unpack[CallOptions]
    ) -> Generator[QuoteResult, None, None]:
        """Quotes for as long as ``requests`` gives some, in their order; no deadline unless a ``timeout`` is given.

        A thread of gRPC's takes from ``requests``. Closing the generator ends the call.
        """
        call, sending = self._defaults.stream(options), Sending()
        with typed_errors(call.request_id, sending):
            answers = self._quotes.StreamQuoteFees(sending.each(requests), timeout=call.timeout, metadata=call.metadata)
            try:
                for answer in answers:
                    yield answer.result
            finally:
                answers.cancel()

    def get_fee_schedule(self, day: Day | None = None, **options: Unpack[CallOptions]) -> GetFeeScheduleResponse:
        """The stores, their standard fees and the plans, on a day or else on the server's today."""
        return self._ask(self._quotes.GetFeeSchedule, GetFeeScheduleRequest(day=day_text(day)), options)

    def check_eligibility(
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
        return self._ask(self._linking.CheckEligibility, request, options)

    def get_policy(self, **options: Unpack[CallOptions]) -> GetPolicyResponse:
        """Which policy answers, since when, and why the last candidate to replace it did not."""
        return self._ask(self._policies.GetPolicy, GetPolicyRequest(), options)

    def explain(self, request: ExplainRequest, **options: Unpack[CallOptions]) -> ExplainResponse:
        """Why the policy decides as it does on some facts, or on a store of a quote, and what would change it."""
        return self._ask(self._policies.Explain, request, options)

    def list_policy_versions(self, **options: Unpack[CallOptions]) -> ListPolicyVersionsResponse:
        """Which policies served, the newest first, and what a step back from the one in use leads to."""
        return self._ask(self._policies.ListPolicyVersions, ListPolicyVersionsRequest(), options)

    def roll_back_policy(self, version: str, **options: Unpack[CallOptions]) -> RollbackPolicyResponse:
        """Has a policy that served serve again until ``resume_policy``; give the call time, every process follows."""
        return self._ask(self._policies.RollbackPolicy, RollbackPolicyRequest(version=version), options)

    def resume_policy(self, **options: Unpack[CallOptions]) -> ResumePolicyResponse:
        """Ends a rollback: the rules directory serves again, unless ``get_policy`` says why not."""
        return self._ask(self._policies.ResumePolicy, ResumePolicyRequest(), options)

    def sign_in(
        self, email: str, password: str, *, client_address: str = "", **options: Unpack[ChangeOptions]
    ) -> SellerSession:
        """Signs a seller in, once for all linked accounts; NotSignedIn for wrong credentials, TooManySignIns.

        ``client_address`` is that of the seller. ValueError if the password would travel to another machine in the
        clear.
        """
        self._way.check_private()
        request = sign_in_request(email, password, client_address, options)
        call = self._defaults.call(options, key_of(request))
        return self.resume_session(send(self._accounts.SignIn, request, call).tokens)

    def resume_session(self, tokens: SessionTokens) -> SellerSession:
        """Goes on with a session whose tokens were kept, without asking the service yet; ValueError as for sign_in."""
        self._way.check_private()
        return SellerSession(self._channel, self._defaults, tokens, self._clock)

    def close(self) -> None:
        """Ends the connection; calls under way are cancelled."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _ask(
        self, method: grpc.UnaryUnaryMultiCallable[Request, Response], request: Request, options: CallOptions
    ) -> Response:
        return send(method, request, self._defaults.call(options))


def _channel(target: str, tls: Tls | None, options: ChannelOptions) -> grpc.Channel:
    if tls is None:
        return grpc.insecure_channel(target, channel_options(options))
    return grpc.secure_channel(target, tls.credentials(), channel_options(options))
