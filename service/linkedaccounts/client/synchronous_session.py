"""A seller who is signed in, for threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Unpack

import grpc

from linkedaccounts.client.account import Day
from linkedaccounts.client.call import CallDefaults, CallOptions
from linkedaccounts.client.change import ChangeOptions
from linkedaccounts.client.held_tokens import Clock, HeldTokens
from linkedaccounts.client.session_calls import SessionCalls, meant_to_end
from linkedaccounts.client.session_requests import (
    add_account_request,
    complete_request,
    link_request,
    save_details_request,
    seller_quote_request,
    start_request,
    unlink_request,
)
from linkedaccounts.v1.account_service_pb2 import GetSessionRequest, SessionTokens, SignOutRequest
from linkedaccounts.v1.account_service_pb2_grpc import AccountServiceStub
from linkedaccounts.v1.accounts_pb2 import Account, LinkedGroup
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote
from linkedaccounts.v1.fee_quote_service_pb2_grpc import FeeQuoteServiceStub
from linkedaccounts.v1.linking_service_pb2 import (
    AddAccountResponse,
    GetLinkedAccountsRequest,
    LinkAccountsResponse,
    ListLinkableAccountsRequest,
    ListLinkableAccountsResponse,
    PreviewLinkRequest,
    PreviewLinkResponse,
    UnlinkAccountsResponse,
)
from linkedaccounts.v1.linking_service_pb2_grpc import LinkingServiceStub
from linkedaccounts.v1.registration_service_pb2 import (
    CompleteRegistrationResponse,
    GetRegistrationRequest,
    ListStoresRequest,
    ListStoresResponse,
    Registration,
)
from linkedaccounts.v1.registration_service_pb2_grpc import RegistrationServiceStub


class SellerSession:
    """A seller who is signed in, made by ``Client.sign_in`` or ``resume_session``; safe to share between threads.

    It asks for new tokens by itself: shortly before the session token runs out, and when the service says that it has,
    which may take as long again as the call. NotSignedIn says that only a sign-in helps.

    A refresh token is good for one use, so a session lives in one place: once its ``tokens`` have gone to another
    process, leave it alone here, or the service takes them for stolen and ends it.

    A call that changes something is tried again, and done once. ``idempotency_key`` names it, if you mean to repeat it
    yourself.
    """

    def __init__(self, channel: grpc.Channel, defaults: CallDefaults, tokens: SessionTokens, clock: Clock) -> None:
        self._held = HeldTokens(tokens, clock)
        self._calls = SessionCalls(channel, defaults, self._held)
        self._accounts = AccountServiceStub(channel)
        self._linking = LinkingServiceStub(channel)
        self._registrations = RegistrationServiceStub(channel)
        self._quotes = FeeQuoteServiceStub(channel)

    @property
    def tokens(self) -> SessionTokens:
        """The newest tokens, to go on with the session later (``resume_session``); secret, and in its text too."""
        return self._held.tokens

    def __repr__(self) -> str:
        return f"{type(self).__name__}(session token good until {self._held.expires_at.isoformat()})"

    def accounts(self, **options: Unpack[CallOptions]) -> list[Account]:
        """Every account that the session reaches, with its store and what the user may do on it."""
        answer = self._calls.ask(self._accounts.GetSession, GetSessionRequest(), options)
        return list(answer.session.accounts)

    def sign_out(self, **options: Unpack[CallOptions]) -> None:
        """Ends the session for good, wherever its tokens are kept; no error if it is over already."""
        with meant_to_end():
            self._calls.ask(self._accounts.SignOut, SignOutRequest(), options)

    def add_account(
        self, email: str, password: str, *, client_address: str = "", **options: Unpack[ChangeOptions]
    ) -> AddAccountResponse:
        """Proves control of another account, by one of its users' credentials; it may be picked for minutes."""
        request = add_account_request(email, password, client_address, options)
        return self._calls.ask(self._linking.AddAccount, request, options)

    def linkable_accounts(self, **options: Unpack[CallOptions]) -> ListLinkableAccountsResponse:
        """All accounts that may be picked, each with whether it may be linked and why."""
        return self._calls.ask(self._linking.ListLinkableAccounts, ListLinkableAccountsRequest(), options)

    def preview_link(
        self, account_ids: Iterable[str], *, explain: bool = False, **options: Unpack[CallOptions]
    ) -> PreviewLinkResponse:
        """What ``link_accounts`` would do: decision, group, fees before and after. A refusal is an answer here."""
        request = PreviewLinkRequest(account_ids=account_ids, explain=explain)
        return self._calls.ask(self._linking.PreviewLink, request, options)

    def link_accounts(
        self, account_ids: Iterable[str], *, accept_permanence: bool, **options: Unpack[ChangeOptions]
    ) -> LinkAccountsResponse:
        """Links accounts, all or none, for good; the seller must have accepted ``permanence_statement`` of the preview.

        RefusedByPolicy; InvalidRequest unless ``accept_permanence``.
        """
        request = link_request(account_ids, accept_permanence, options)
        return self._calls.ask(self._linking.LinkAccounts, request, options)

    def linked_accounts(self, **options: Unpack[CallOptions]) -> list[LinkedGroup]:
        """The groups of linked accounts that the session reaches."""
        answer = self._calls.ask(self._linking.GetLinkedAccounts, GetLinkedAccountsRequest(), options)
        return list(answer.groups)

    def unlink_accounts(self, account_ids: Iterable[str], **options: Unpack[ChangeOptions]) -> UnlinkAccountsResponse:
        """RefusedByPolicy, with the reason, under the rules that come with the service: linking is permanent."""
        return self._calls.ask(self._linking.UnlinkAccounts, unlink_request(account_ids, options), options)

    def stores(
        self, region: str = "", *, from_account_id: str = "", **options: Unpack[CallOptions]
    ) -> ListStoresResponse:
        """The stores of a region, or of all: registered, available, or not available and why."""
        request = ListStoresRequest(region=region, from_account_id=from_account_id)
        return self._calls.ask(self._registrations.ListStores, request, options)

    def start_registration(
        self,
        store: str,
        *,
        from_account_id: str = "",
        business_type: str | None = None,
        selling_plan: str | None = None,
        **options: Unpack[ChangeOptions],
    ) -> Registration:
        """Begins a registration in a store, or answers the one that is open there, with the details that it must give.

        ``business_type`` is ``individual`` or ``company``, ``selling_plan`` ``individual`` or ``professional``; None is
        not known, and ValueError is raised for any other. RefusedByPolicy, also if the seller must sign in anew first.
        """
        request = start_request(store, from_account_id, business_type, selling_plan, options)
        return self._calls.ask(self._registrations.StartRegistration, request, options).registration

    def save_registration_details(
        self, registration_id: str, details: Mapping[str, str], **options: Unpack[ChangeOptions]
    ) -> Registration:
        """Keeps details, by their ids; all or none: InvalidRequest lists every one that is not sound."""
        request = save_details_request(registration_id, details, options)
        return self._calls.ask(self._registrations.SaveRegistrationDetails, request, options).registration

    def complete_registration(
        self, registration_id: str, details: Mapping[str, str] | None = None, **options: Unpack[ChangeOptions]
    ) -> CompleteRegistrationResponse:
        """Creates the account and links it, in one step; ``details`` go on top of those that are kept."""
        request = complete_request(registration_id, details, options)
        return self._calls.ask(self._registrations.CompleteRegistration, request, options)

    def registration(self, registration_id: str, **options: Unpack[CallOptions]) -> Registration:
        """A registration, also one of an earlier session: what it has, and what it still needs; NotFound."""
        request = GetRegistrationRequest(registration_id=registration_id)
        return self._calls.ask(self._registrations.GetRegistration, request, options).registration

    def quote_fees(
        self, day: Day | None = None, *, account_id: str = "", explain: bool = False, **options: Unpack[CallOptions]
    ) -> FeeQuote:
        """What the seller pays, on a day or else on the server's today, by the accounts that the service keeps.

        ``account_id`` says which group is meant, where the session reaches several.
        """
        request = seller_quote_request(day, account_id, explain)
        return self._calls.ask(self._quotes.QuoteSellerFees, request, options).quote
