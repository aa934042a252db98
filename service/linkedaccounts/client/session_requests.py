"""The contract's requests of a seller who is signed in, or about to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from linkedaccounts.client.account import Day, day_text, selling_plan_of
from linkedaccounts.client.change import ChangeOptions, change_id
from linkedaccounts.v1.account_service_pb2 import SignInRequest
from linkedaccounts.v1.facts_pb2 import BusinessType
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteSellerFeesRequest
from linkedaccounts.v1.linking_service_pb2 import AddAccountRequest, LinkAccountsRequest, UnlinkAccountsRequest
from linkedaccounts.v1.registration_service_pb2 import (
    CompleteRegistrationRequest,
    SaveRegistrationDetailsRequest,
    StartRegistrationRequest,
)


def sign_in_request(email: str, password: str, client_address: str, options: ChangeOptions) -> SignInRequest:
    """Signs in."""
    return SignInRequest(request_id=change_id(options), email=email, password=password, client_address=client_address)


def add_account_request(email: str, password: str, client_address: str, options: ChangeOptions) -> AddAccountRequest:
    """Proves control of another account."""
    return AddAccountRequest(
        request_id=change_id(options), email=email, password=password, client_address=client_address
    )


def link_request(account_ids: Iterable[str], accept_permanence: bool, options: ChangeOptions) -> LinkAccountsRequest:
    """Links for good."""
    return LinkAccountsRequest(
        request_id=change_id(options), account_ids=account_ids, accept_permanence=accept_permanence
    )


def unlink_request(account_ids: Iterable[str], options: ChangeOptions) -> UnlinkAccountsRequest:
    """Asks to unlink."""
    return UnlinkAccountsRequest(request_id=change_id(options), account_ids=account_ids)


def start_request(
    store: str, from_account_id: str, business_type: str | None, selling_plan: str | None, options: ChangeOptions
) -> StartRegistrationRequest:
    """Begins a registration; ValueError if there is no such type of business or selling plan."""
    return StartRegistrationRequest(
        request_id=change_id(options),
        store=store,
        from_account_id=from_account_id,
        business_type=_business_type_of(business_type),
        selling_plan=selling_plan_of(selling_plan),
    )


def save_details_request(
    registration_id: str, details: Mapping[str, str], options: ChangeOptions
) -> SaveRegistrationDetailsRequest:
    """Keeps details."""
    return SaveRegistrationDetailsRequest(
        request_id=change_id(options), registration_id=registration_id, details=details
    )


def complete_request(
    registration_id: str, details: Mapping[str, str] | None, options: ChangeOptions
) -> CompleteRegistrationRequest:
    """Completes a registration."""
    return CompleteRegistrationRequest(
        request_id=change_id(options), registration_id=registration_id, details=details or {}
    )


def seller_quote_request(day: Day | None, account_id: str, explain: bool) -> QuoteSellerFeesRequest:
    """Quotes the fees of the session's seller."""
    return QuoteSellerFeesRequest(day=day_text(day), account_id=account_id, explain=explain)


def _business_type_of(name: str | None) -> BusinessType.ValueType:
    return BusinessType.Value(f"BUSINESS_TYPE_{name.upper()}") if name else BusinessType.BUSINESS_TYPE_UNSPECIFIED
