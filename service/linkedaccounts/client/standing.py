"""What a caller states of the accounts that somebody wants to act on, and the contract's request for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linkedaccounts.client.account import Day, day_text
from linkedaccounts.v1.facts_pb2 import AccountStatus, Organisation, Role
from linkedaccounts.v1.linking_service_pb2 import AccountStanding, Action, CheckEligibilityRequest


@dataclass(frozen=True, slots=True)
class Standing:
    """An account that is acted on, and the actor's standing on it.

    ``role`` is ``administrator`` or ``member``; ``organisation`` ``owner``, ``solutions_provider``, ``web_agency`` or
    ``integrator``; ``status`` ``active``, ``suspended`` or ``closed``. None means not known, which is never enough for
    a yes. ``in_group`` is whether the account is linked to the others already.
    """

    store: str
    role: str | None = None
    organisation: str | None = None
    status: str | None = None
    in_group: bool = False

    def message(self) -> AccountStanding:
        """The account as the contract has it; ValueError if there is no such role, organisation or status."""
        return AccountStanding(
            store=self.store,
            role=Role.Value(_name("ROLE", self.role)),
            organisation=Organisation.Value(_name("ORGANISATION", self.organisation)),
            status=AccountStatus.Value(_name("ACCOUNT_STATUS", self.status)),
            in_group=self.in_group,
        )


def eligibility_request(
    action: str, accounts: Iterable[Standing | AccountStanding], day: Day | None, explain: bool, new_store: str
) -> CheckEligibilityRequest:
    """The request; ValueError if there is no such action."""
    return CheckEligibilityRequest(
        action=Action.Value(_name("ACTION", action)),
        accounts=[account.message() if isinstance(account, Standing) else account for account in accounts],
        day=day_text(day),
        explain=explain,
        new_store=new_store,
    )


def _name(enum: str, value: str | None) -> str:
    """How the contract names a value of an enum; None is not known."""
    return f"{enum}_{'UNSPECIFIED' if value is None else value.upper()}"
