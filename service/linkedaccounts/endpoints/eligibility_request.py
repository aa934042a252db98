"""From the contract's question of eligibility to the use case's; what is wrong with the values is for it to say."""

from __future__ import annotations

from linkedaccounts.application.eligibility import AccountStanding, EligibilityRequest
from linkedaccounts.endpoints.enum_names import enum_names, name_of
from linkedaccounts.v1 import facts_pb2
from linkedaccounts.v1 import linking_service_pb2 as contract

MOST_READ = 1_000
"""Far more accounts than an action may be about: who names more is refused for their number, whatever they are."""

ACTIONS = enum_names(contract.Action.DESCRIPTOR)
ROLES = enum_names(facts_pb2.Role.DESCRIPTOR)
ORGANISATIONS = enum_names(facts_pb2.Organisation.DESCRIPTOR)
STATUSES = enum_names(facts_pb2.AccountStatus.DESCRIPTOR)


def eligibility_request(message: contract.CheckEligibilityRequest) -> EligibilityRequest:
    """The action and the accounts as the caller stated them; beyond ``MOST_READ`` as many blank ones."""
    read = tuple(map(_standing, message.accounts[:MOST_READ]))
    return EligibilityRequest(
        action=name_of(message.action, ACTIONS),
        accounts=read + (AccountStanding(""),) * (len(message.accounts) - len(read)),
        day=message.day,
        explain=message.explain,
        new_store=message.new_store,
    )


def _standing(account: contract.AccountStanding) -> AccountStanding:
    return AccountStanding(
        store=account.store,
        role=name_of(account.role, ROLES),
        organisation=name_of(account.organisation, ORGANISATIONS),
        status=name_of(account.status, STATUSES),
        in_group=account.in_group,
    )
