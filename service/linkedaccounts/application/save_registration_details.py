"""Keeps details of a registration for later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import Attempt, InSession
from linkedaccounts.application.check_details import check_given, kept_with
from linkedaccounts.application.exactly_once import digest
from linkedaccounts.application.get_registration import GetRegistration
from linkedaccounts.application.registering import DETAILS
from linkedaccounts.application.registration_view import RegistrationView, check_open, continued, registration_of
from linkedaccounts.policy.policy import Policy

ACTION = "save_registration_details"


@dataclass(frozen=True, slots=True)
class Saved:
    """The registration whose details are kept."""

    registration: str


@dataclass(frozen=True, slots=True)
class SaveRegistrationDetails:
    """The use case: all details that are given are kept, or none."""

    session: InSession
    policy: Callable[[], Policy]
    get: GetRegistration

    def __call__(
        self, asker: Asker, request_id: str, registration_id: str, details: Mapping[str, str]
    ) -> RegistrationView:
        """The registration as it is then; InvalidRequest, NotSignedIn, NotFound, NotAsThingsStand."""
        policy = self.policy()
        saved = self.session.once(
            asker,
            request_id,
            (ACTION, registration_id, digest(details)),
            Saved,
            lambda attempt: _saved(attempt, policy, registration_id, details),
        )
        return self.get(asker, saved.registration)


def _saved(attempt: Attempt, policy: Policy, registration_id: str, details: Mapping[str, str]) -> Saved:
    reach = attempt.reach()
    registration = registration_of(attempt.tx, reach, registration_id)
    check_open(registration, attempt.now)
    registering = continued(policy, reach, registration, attempt.now)
    given = check_given(details, registering.requested())
    attempt.record([registering.made[DETAILS]])
    attempt.tx.save_registration(replace(registration, details=kept_with(registration.details, given)))
    attempt.audit(ACTION, "done", (registration_id,))
    return Saved(registration_id)
