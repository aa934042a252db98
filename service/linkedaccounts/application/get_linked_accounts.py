"""Shows the groups of linked accounts that a session reaches."""

from __future__ import annotations

from dataclasses import dataclass

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import InSession
from linkedaccounts.application.linked_group import LinkedGroup, groups_of


@dataclass(frozen=True, slots=True)
class GetLinkedAccounts:
    """The use case."""

    session: InSession

    def __call__(self, asker: Asker) -> tuple[LinkedGroup, ...]:
        """The groups that the session reaches by itself; NotSignedIn."""
        reach, _ = self.session.reach(asker)
        return groups_of(reach.own)
