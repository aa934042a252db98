"""An action on accounts as the catalogue knows it, once a request has been checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linkedaccounts.application.new_store import NewStore
from linkedaccounts.domain.catalogue import Store
from linkedaccounts.domain.text import Text
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
    """An action on a day; ``name`` is that of the decision about it, ``accounts`` are in the order of the request.

    ``new_store`` is the one to register in, if that is the action.
    """

    name: str
    day: date
    accounts: tuple[ActedOn, ...]
    new_store: NewStore | None = None

    def facts(self) -> dict[str, FactValue]:
        """What rules may know of the action as a whole: every field of ActionFacts, and of a new store's facts."""
        facts: dict[str, FactValue] = {"action.day": self.day, "action.account_count": len(self.accounts)}
        if self.new_store is None:
            return facts
        stores = {account.store.code: account.store for account in self.accounts}
        return facts | self.new_store.facts([account.store.code for account in self.accounts], stores)

    def store_in_question(self, account: ActedOn) -> Text:
        """The name of the store that the decision on one of the accounts is about."""
        return self.new_store.store.name if self.new_store else account.store.name
