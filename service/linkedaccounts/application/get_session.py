"""Shows a session, and what it reaches."""

from __future__ import annotations

from dataclasses import dataclass

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import InSession
from linkedaccounts.application.reach import Reach


@dataclass(frozen=True, slots=True)
class GetSession:
    """The use case."""

    session: InSession

    def __call__(self, asker: Asker) -> Reach:
        """What the session of the call reaches; NotSignedIn."""
        reach, _ = self.session.reach(asker)
        return reach
