"""Shows a registration: what it has, and what it still needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import InSession
from linkedaccounts.application.reach import current_session, reach_of
from linkedaccounts.application.registration_view import RegistrationView, registration_of, view_of
from linkedaccounts.application.storage_port import Reading
from linkedaccounts.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class GetRegistration:
    """The use case: also for a session that did not begin the registration, if it reaches the account it is from."""

    session: InSession
    policy: Callable[[], Policy]

    def __call__(self, asker: Asker, registration_id: str) -> RegistrationView:
        """The registration as it is now; NotSignedIn, NotFound."""
        policy, now = self.policy(), self.session.now()

        def look(reading: Reading) -> RegistrationView:
            session = current_session(reading, self.session.tokens, asker.session_token, now)
            reach = reach_of(reading, session, now)
            return view_of(policy, reach, registration_of(reading, reach, registration_id), now)

        view = self.session.storage.read(look)
        self.session.record(view.made)
        return view
