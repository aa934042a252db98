"""The methods of a seller's session as a table: how each is called, what it asks, and what it gives of an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from google.protobuf.message import Message

from linkedaccounts.v1.account_service_pb2 import GetSessionRequest, GetSessionResponse, Session
from linkedaccounts.v1.accounts_pb2 import Account, LinkedGroup
from linkedaccounts.v1.facts_pb2 import BUSINESS_TYPE_COMPANY, SELLING_PLAN_PROFESSIONAL
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote, QuoteSellerFeesRequest, QuoteSellerFeesResponse
from linkedaccounts.v1.linking_service_pb2 import (
    AddAccountRequest,
    AddAccountResponse,
    GetLinkedAccountsRequest,
    GetLinkedAccountsResponse,
    LinkableAccount,
    LinkAccountsRequest,
    LinkAccountsResponse,
    ListLinkableAccountsRequest,
    ListLinkableAccountsResponse,
    PreviewLinkRequest,
    PreviewLinkResponse,
    UnlinkAccountsRequest,
    UnlinkAccountsResponse,
)
from linkedaccounts.v1.registration_service_pb2 import (
    CompleteRegistrationRequest,
    CompleteRegistrationResponse,
    GetRegistrationRequest,
    GetRegistrationResponse,
    ListStoresRequest,
    ListStoresResponse,
    Registration,
    SaveRegistrationDetailsRequest,
    SaveRegistrationDetailsResponse,
    StartRegistrationRequest,
    StartRegistrationResponse,
)

US = Account(id="a-1", store="US")
GROUP = LinkedGroup(id="g-1", accounts=[US, Account(id="a-2", store="EU")])
OPEN = Registration(id="r-1", store="MX")


@dataclass(frozen=True)
class Case:
    """A call and its arguments; ``result`` None is the service's ``answer`` itself."""

    call: str
    request: Message
    answer: Message
    given: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)
    result: Any = None

    @property
    def method(self) -> str:
        return type(self.request).__name__.removesuffix("Request")


QUESTIONS = [
    Case("accounts", GetSessionRequest(), GetSessionResponse(session=Session(id="s-1", accounts=[US])), result=[US]),
    Case(
        "linkable_accounts",
        ListLinkableAccountsRequest(),
        ListLinkableAccountsResponse(accounts=[LinkableAccount(account=US, linkable=True)]),
    ),
    Case(
        "preview_link",
        PreviewLinkRequest(account_ids=["a-1", "a-2"], explain=True),
        PreviewLinkResponse(allowed=True, permanent=True),
        given=(["a-1", "a-2"],),
        named={"explain": True},
    ),
    Case("linked_accounts", GetLinkedAccountsRequest(), GetLinkedAccountsResponse(groups=[GROUP]), result=[GROUP]),
    Case(
        "stores",
        ListStoresRequest(region="europe", from_account_id="a-1"),
        ListStoresResponse(policy_version="abc"),
        given=("europe",),
        named={"from_account_id": "a-1"},
    ),
    Case(
        "registration",
        GetRegistrationRequest(registration_id="r-1"),
        GetRegistrationResponse(registration=OPEN),
        given=("r-1",),
        result=OPEN,
    ),
    Case(
        "quote_fees",
        QuoteSellerFeesRequest(day="2019-09-30", account_id="a-1", explain=True),
        QuoteSellerFeesResponse(quote=FeeQuote(day="2019-09-30")),
        given=(date(2019, 9, 30),),
        named={"account_id": "a-1", "explain": True},
        result=FeeQuote(day="2019-09-30"),
    ),
]
CHANGES = [
    Case(
        "add_account",
        AddAccountRequest(request_id="k-1", email="ann@example.org", password="pass", client_address="192.0.2.1"),
        AddAccountResponse(accounts=[US]),
        given=("ann@example.org", "pass"),
        named={"client_address": "192.0.2.1"},
    ),
    Case(
        "link_accounts",
        LinkAccountsRequest(request_id="k-1", account_ids=["a-1", "a-2"], accept_permanence=True),
        LinkAccountsResponse(group=GROUP, policy_version="abc"),
        given=(["a-1", "a-2"],),
        named={"accept_permanence": True},
    ),
    Case(
        "unlink_accounts",
        UnlinkAccountsRequest(request_id="k-1", account_ids=["a-1"]),
        UnlinkAccountsResponse(),
        given=(["a-1"],),
    ),
    Case(
        "start_registration",
        StartRegistrationRequest(
            request_id="k-1",
            store="MX",
            from_account_id="a-1",
            business_type=BUSINESS_TYPE_COMPANY,
            selling_plan=SELLING_PLAN_PROFESSIONAL,
        ),
        StartRegistrationResponse(registration=OPEN),
        given=("MX",),
        named={"from_account_id": "a-1", "business_type": "company", "selling_plan": "professional"},
        result=OPEN,
    ),
    Case(
        "save_registration_details",
        SaveRegistrationDetailsRequest(request_id="k-1", registration_id="r-1", details={"tax_id": "1"}),
        SaveRegistrationDetailsResponse(registration=OPEN),
        given=("r-1", {"tax_id": "1"}),
        result=OPEN,
    ),
    Case(
        "complete_registration",
        CompleteRegistrationRequest(request_id="k-1", registration_id="r-1", details={"tax_id": "1"}),
        CompleteRegistrationResponse(registration=OPEN, account=US, group=GROUP),
        given=("r-1", {"tax_id": "1"}),
    ),
]
