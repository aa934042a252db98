"""Lists the accounts that a session may pick, each with whether it may be linked, and why or why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import InSession
from linkedaccounts.application.link_accounts import ACTION
from linkedaccounts.application.link_decision import Decided, decide_each
from linkedaccounts.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class ListLinkableAccounts:
    """The use case."""

    session: InSession
    policy: Callable[[], Policy]

    def __call__(self, asker: Asker) -> Decided:
        """Every account that the session reaches, with the decision on it by itself; NotSignedIn."""
        reach, now = self.session.reach(asker)
        decided = decide_each(self.policy(), ACTION, reach, now.date())
        self.session.record(decided.made)
        return decided
