"""Whose report it is: the accounts of a seller, found by any one of them."""

from __future__ import annotations

from collections.abc import Sequence

from linkedaccounts.application.check_field import can_be_kept, echo
from linkedaccounts.application.refusals import NotFound
from linkedaccounts.application.storage_port import Reading
from linkedaccounts.domain.accounts import Account


def accounts_of(reading: Reading, account_id: str) -> Sequence[Account]:
    """All accounts that are linked with one by now, itself included, by store and id; NotFound."""
    found = reading.accounts([account_id]) if can_be_kept(account_id) else []
    if not found:
        raise NotFound("ACCOUNT_UNKNOWN", {"account": echo(account_id)})
    (account,) = found
    return [account] if account.group is None else reading.accounts_in([account.group])
