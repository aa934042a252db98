"""From a seller's accounts, sessions and tokens to the contract's messages."""

from __future__ import annotations

from collections.abc import Iterable

from linkedaccounts.application.linked_group import LinkedGroup
from linkedaccounts.application.reach import Reach, ReachedAccount
from linkedaccounts.application.session_tokens import SessionTokens
from linkedaccounts.endpoints.enum_names import enum_numbers, number_of
from linkedaccounts.endpoints.names import Names
from linkedaccounts.endpoints.timestamps import timestamp
from linkedaccounts.v1 import account_service_pb2, accounts_pb2, facts_pb2

ROLES = enum_numbers(facts_pb2.Role.DESCRIPTOR)
ORGANISATIONS = enum_numbers(facts_pb2.Organisation.DESCRIPTOR)
STATUSES = enum_numbers(facts_pb2.AccountStatus.DESCRIPTOR)


def account(reached: ReachedAccount, names: Names) -> accounts_pb2.Account:
    """The account, and what the user may do on it."""
    one, standing = reached.account, reached.standing
    return accounts_pb2.Account(
        id=one.id,
        store=one.store,
        store_name=names.store(one.store),
        region=names.region_of(one.store),
        status=number_of(one.status, STATUSES),
        registered_on=one.registered_on.isoformat(),
        linked_on=one.linked_on.isoformat() if one.linked_on else "",
        role=number_of(standing.role, ROLES),
        organisation=number_of(standing.organisation, ORGANISATIONS),
    )


def accounts(reached: Iterable[ReachedAccount], names: Names) -> list[accounts_pb2.Account]:
    """The accounts, in their order."""
    return [account(one, names) for one in reached]


def linked_group(group: LinkedGroup, names: Names) -> accounts_pb2.LinkedGroup:
    """The group with its accounts."""
    return accounts_pb2.LinkedGroup(id=group.id, accounts=accounts(group.accounts, names))


def session(reach: Reach, names: Names) -> account_service_pb2.Session:
    """The session, with the accounts that it reaches by itself."""
    return account_service_pb2.Session(
        id=reach.session.id,
        signed_in_at=timestamp(reach.session.signed_in_at),
        accounts=accounts(reach.own, names),
    )


def session_tokens(tokens: SessionTokens) -> account_service_pb2.SessionTokens:
    """The tokens."""
    return account_service_pb2.SessionTokens(
        session_token=tokens.session_token,
        session_token_expires_at=timestamp(tokens.session_token_expires_at),
        refresh_token=tokens.refresh_token,
        refresh_token_expires_at=timestamp(tokens.refresh_token_expires_at),
    )
