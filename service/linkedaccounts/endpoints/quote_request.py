"""From the contract's messages to what the use case asks for; what is wrong with the values is for it to say."""

from __future__ import annotations

from collections.abc import Sequence

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.endpoints.enum_names import enum_names, name_of
from linkedaccounts.v1 import facts_pb2
from linkedaccounts.v1 import fee_quote_service_pb2 as contract

MOST_READ = 10_000
"""Far more stores than there are countries: who names more is refused for their number, whatever they are."""

SELLING_PLANS = enum_names(facts_pb2.SellingPlan.DESCRIPTOR)


def quote_request(message: contract.QuoteFeesRequest) -> QuoteRequest:
    """The seller and the day as the caller stated them."""
    return QuoteRequest(
        stores=_store_accounts(message.stores),
        linked=message.linked,
        day=message.day,
        home_store=message.home_store,
        explain=message.explain,
    )


def stated(request: contract.QuoteFeesRequest | None) -> contract.QuoteFeesRequest:
    """The request; InvalidRequest if a stream's message has none."""
    if request is None:
        raise InvalidRequest([FieldProblem("request", "REQUEST_REQUIRED")])
    return request


def _store_accounts(accounts: Sequence[contract.StoreAccount]) -> tuple[StoreAccount, ...]:
    """The accounts; beyond ``MOST_READ`` as many blank ones, so that the caller's are not read in vain."""
    read = tuple(map(_store_account, accounts[:MOST_READ]))
    return read + (StoreAccount("", ""),) * (len(accounts) - len(read))


def _store_account(account: contract.StoreAccount) -> StoreAccount:
    return StoreAccount(
        store=account.store,
        registered_on=account.registered_on,
        linked_on=account.linked_on,
        active_listings=account.active_listings if account.HasField("active_listings") else None,
        selling_plan=name_of(account.selling_plan, SELLING_PLANS),
        suspended=account.suspended,
        on_vacation=account.on_vacation,
    )
