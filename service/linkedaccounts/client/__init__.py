"""What a calling service imports.

    from linkedaccounts.client import Account, Client, to_decimal

    with Client("127.0.0.1:50051") as client:
        quote = client.quote_fees([Account("US", registered_on="2018-09-01")], day="2019-09-30")
        print(to_decimal(quote.total.charge), quote.total.charge.currency_code)

The way of a seller, from a sign-in on:

    with Client("127.0.0.1:50051") as client:
        seller = client.sign_in("ann@example.com", password)
        seller.add_account("ann@example.org", other_password)
        ids = [one.account.id for one in seller.linkable_accounts().accounts if one.linkable]
        preview = seller.preview_link(ids)
        if preview.allowed:  # and the seller has agreed to preview.permanence_statement
            seller.link_accounts(ids, accept_permanence=True)

What any seller was charged, for a service that may see it:

    with Client("127.0.0.1:50051", token=token) as client, open("report.csv", "wb") as file:
        client.billing.export_to(file, account_id, only={"from_day": "2019-09-01"})

What happens to any seller, for a service that may be told:

    with Client("127.0.0.1:50051", token=token) as client:
        for told in client.events.follow(position):
            position = told.position

Answers are the contract's messages (``linkedaccounts.v1``). Nothing of the service itself is imported.
"""

from linkedaccounts.client.account import Account, quote_request
from linkedaccounts.client.asynchronous import AsyncClient
from linkedaccounts.client.asynchronous_billing import AsyncBilling
from linkedaccounts.client.asynchronous_events import AsyncEvents
from linkedaccounts.client.asynchronous_session import AsyncSellerSession
from linkedaccounts.client.billing_requests import Filter
from linkedaccounts.client.connection import Tls
from linkedaccounts.client.errors import (
    DeadlineExceeded,
    InvalidRequest,
    LinkedAccountsError,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Overloaded,
    PreconditionFailed,
    RateMissing,
    RefusedByPolicy,
    TooManySignIns,
    TryAgain,
    Unavailable,
    Unexpected,
)
from linkedaccounts.client.failure import Failure, FieldProblem, PolicyReason
from linkedaccounts.client.money import to_decimal, to_money
from linkedaccounts.client.standing import Standing
from linkedaccounts.client.status import result_or_error
from linkedaccounts.client.synchronous import Client
from linkedaccounts.client.synchronous_billing import Billing
from linkedaccounts.client.synchronous_events import Events
from linkedaccounts.client.synchronous_session import SellerSession

__all__ = [
    "Account",
    "AsyncBilling",
    "AsyncClient",
    "AsyncEvents",
    "AsyncSellerSession",
    "Billing",
    "Client",
    "DeadlineExceeded",
    "Events",
    "Failure",
    "FieldProblem",
    "Filter",
    "InvalidRequest",
    "LinkedAccountsError",
    "NotFound",
    "NotPermitted",
    "NotSignedIn",
    "Overloaded",
    "PolicyReason",
    "PreconditionFailed",
    "RateMissing",
    "RefusedByPolicy",
    "SellerSession",
    "Standing",
    "Tls",
    "TooManySignIns",
    "TryAgain",
    "Unavailable",
    "Unexpected",
    "quote_request",
    "result_or_error",
    "to_decimal",
    "to_money",
]

# Tracebacks and pickles name the public place of each, not the file that it happens to be in.
for _name in __all__:
    globals()[_name].__module__ = __name__
del _name
