"""What is asked of an actor's eligibility for an action, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from linkedaccounts.application.said import Said
from linkedaccounts.policy.decide import FactValues
from linkedaccounts.policy.model import NotApplied


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """An account that is acted on, and the actor's standing on it, as the caller states them.

    ``role``, ``organisation`` and ``status`` are values of the contract's enums as rules write them (`administrator`);
    None is not known, a number one that the contract lacks.
    """

    store: str
    role: str | None = None
    organisation: str | None = None
    status: str | None = None
    in_group: bool = False


@dataclass(frozen=True, slots=True)
class EligibilityRequest:
    """An action, `link`, `unlink` or `register`, on accounts; None is not stated. An empty ``day`` is today.

    ``new_store`` is the code of the store to register in; empty for other actions.
    """

    action: str | None
    accounts: tuple[AccountStanding, ...]
    day: str = ""
    explain: bool = False
    new_store: str = ""


@dataclass(frozen=True, slots=True)
class AccountDecision:
    """Whether the action is allowed on one account, and what the rules that decided say: all that refuse, if any do.

    ``facts`` are those that the policy was asked with.
    """

    store: str
    allowed: bool
    said: tuple[Said, ...]
    not_applied: tuple[NotApplied, ...] = ()
    facts: FactValues = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether the action is allowed, which it is only if it is on every account; ``decisions`` as in the request."""

    allowed: bool
    decisions: tuple[AccountDecision, ...]
    policy_version: str
