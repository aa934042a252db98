"""An action on accounts as the catalogue knows it, once a request has been checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linkedaccounts.domain.catalogue import Store
from linkedaccounts.policy.model import FactValue


@dataclass(frozen=True, slots=True)
class ActedOn:
    """An account that is acted on; ``store_shared`` is whether another of them is in the same store."""

    store: Store
    role: str | None
    organisation: str | None
    status: str | None
    in_group: bool
    store_shared: bool

    def facts(self) -> dict[str, FactValue]:
        """What rules may know of the account: every field of ActorFacts and AccountFacts in facts.proto."""
        return {
            "actor.role": self.role,
            "actor.organisation": self.organisation,
            "account.store": self.store.code,
            "account.region": self.store.region.code,
            "account.status": self.status,
            "account.in_group": self.in_group,
            "account.store_shared": self.store_shared,
        }


@dataclass(frozen=True, slots=True)
class Action:
    """An action on a day; ``name`` is that of the decision about it, ``accounts`` are in the order of the request."""

    name: str
    day: date
    accounts: tuple[ActedOn, ...]

    def facts(self) -> dict[str, FactValue]:
        """What rules may know of the action as a whole: every field of ActionFacts in facts.proto."""
        return {"action.day": self.day, "action.account_count": len(self.accounts)}
