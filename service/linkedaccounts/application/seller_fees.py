"""The fees of a real seller: requests for quotes made of the accounts and days that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.domain.accounts import Account
from linkedaccounts.domain.billing_cycle import cycle_containing

CLOSED = "closed"
SUSPENDED = "suspended"


def in_use(accounts: Iterable[Account]) -> list[Account]:
    """The accounts that are charged: those that are not closed."""
    return [account for account in accounts if account.status != CLOSED]


def quote_request(accounts: Sequence[Account], day: date, *, explain: bool = False) -> QuoteRequest:
    """The request for the quote of accounts that are all in one group, or of one that is in none."""
    return QuoteRequest(
        stores=tuple(_stated(account) for account in accounts),
        linked=any(account.group is not None for account in accounts),
        day=day.isoformat(),
        explain=explain,
    )


def _stated(account: Account) -> StoreAccount:
    return StoreAccount(
        store=account.store,
        registered_on=account.registered_on.isoformat(),
        linked_on=account.linked_on.isoformat() if account.linked_on else "",
        suspended=account.status == SUSPENDED,
    )


def since(account: Account) -> date:
    """The day from which on an account is as it is: the later of its registration and its linking."""
    return max(account.registered_on, account.linked_on or account.registered_on)


def first_months_end(accounts: Iterable[Account]) -> date:
    """The first day on which all linked accounts are past their first month."""
    last_days = (cycle_containing(account.registered_on, since(account)).last_day for account in accounts)
    return max(last_days) + timedelta(days=1)
