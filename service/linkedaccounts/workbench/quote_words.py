"""A request for a quote as the command that asks a running service for it."""

from __future__ import annotations

from collections.abc import Iterator

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount


def quote_command(request: QuoteRequest) -> str:
    """`linked-accounts quote US CA --on 2019-09-30 …`, with all that the request states."""
    stores = " ".join(account.store for account in request.stores)
    parts = [f"linked-accounts quote {stores}", *_of_seller(request)]
    return " ".join([*parts, *(part for account in request.stores for part in _of_store(account))])


def _of_seller(request: QuoteRequest) -> Iterator[str]:
    if request.day:
        yield f"--on {request.day}"
    if not request.linked:
        yield "--unlinked"
    if request.home_store:
        yield f"--home {request.home_store}"


def _of_store(account: StoreAccount) -> Iterator[str]:
    yield f"--registered {account.store}={account.registered_on}"
    if account.linked_on and account.linked_on != account.registered_on:
        yield f"--linked-on {account.store}={account.linked_on}"
    if account.active_listings is not None:
        yield f"--listings {account.store}={account.active_listings}"
    if account.selling_plan is not None:
        yield f"--selling-plan {account.store}={account.selling_plan}"
    if account.suspended:
        yield f"--suspended {account.store}"
    if account.on_vacation:
        yield f"--on-vacation {account.store}"
