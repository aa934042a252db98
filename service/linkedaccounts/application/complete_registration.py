"""Creates the account of a registration, and links it: both or neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import Attempt, InSession
from linkedaccounts.application.check_details import check_complete, check_given, kept_with
from linkedaccounts.application.exactly_once import digest
from linkedaccounts.application.get_registration import GetRegistration
from linkedaccounts.application.link_accounts import join
from linkedaccounts.application.link_decision import audited
from linkedaccounts.application.linked_group import LinkedGroup, groups_of
from linkedaccounts.application.policy_refusal import Refusals, RefusedByPolicy
from linkedaccounts.application.reach import ReachedAccount
from linkedaccounts.application.registering import Registering
from linkedaccounts.application.registration_view import RegistrationView, check_open, continued, registration_of
from linkedaccounts.domain.accounts import Account, Membership
from linkedaccounts.domain.events import Event, seller_of
from linkedaccounts.domain.events import Registered as RegisteredEvent
from linkedaccounts.domain.registration import Registration
from linkedaccounts.policy.policy import Policy

ACTION = "register"
"""The name of the decision, and of the action in the audit."""

ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Created:
    """The account that was created, and the group that it is linked in."""

    account: ReachedAccount
    group: LinkedGroup


@dataclass(frozen=True, slots=True)
class Registered:
    """The registration as it is completed, and what it created."""

    registration: RegistrationView
    created: Created


@dataclass(frozen=True, slots=True)
class CompleteRegistration:
    """The use case. The rules are asked again: they, or the accounts, may have changed since it was begun."""

    session: InSession
    policy: Callable[[], Policy]
    get: GetRegistration
    new_id: Callable[[], str]

    def __call__(self, asker: Asker, request_id: str, registration_id: str, details: Mapping[str, str]) -> Registered:
        """What was created; InvalidRequest, NotSignedIn, NotFound, NotAsThingsStand, RefusedByPolicy, TryAgain."""
        policy = self.policy()
        outcome = self.session.once(
            asker,
            request_id,
            (ACTION, registration_id, digest(details)),
            Created | Refusals,
            lambda attempt: self._created(attempt, policy, registration_id, details),
        )
        if isinstance(outcome, Refusals):
            raise RefusedByPolicy(outcome)
        return Registered(self.get(asker, registration_id), outcome)

    def _created(
        self, attempt: Attempt, policy: Policy, registration_id: str, details: Mapping[str, str]
    ) -> Created | Refusals:
        reach = attempt.reach()
        registration = registration_of(attempt.tx, reach, registration_id)
        check_open(registration, attempt.now)
        registering = continued(policy, reach, registration, attempt.now)
        decision = registering.decision()
        refusals = registering.refusals(decision)
        outcome = "refused" if refusals.refused_by else "done"
        if not refusals.refused_by:
            requested = registering.requested()
            kept = kept_with(registration.details, check_given(details, requested))
            registration = replace(registration, details=check_complete(kept, requested), account=self.new_id())
        attempt.record(registering.made.values())
        subjects = (registration.from_account, registration.account or registration.store, registration_id)
        attempt.audit(ACTION, outcome, subjects, (audited(registration.store, decision),), policy.version)
        if refusals.refused_by or registration.account is None:
            return refusals
        created = self._account(attempt, registering, registration, registration.account)
        attempt.tx.save_registration(registration)
        return created

    def _account(
        self, attempt: Attempt, registering: Registering, registration: Registration, account_id: str
    ) -> Created:
        """The account, which the user has the same standing on as on the one it is registered from; linked to it."""
        standing = registering.account.standing
        account = Account(account_id, registering.store.code, ACTIVE, attempt.day)
        attempt.tx.add_account(account, attempt.now)
        attempt.tx.add_membership(Membership(attempt.session.user, account_id, standing))
        about = (account_id, account.store, account.registered_on, registration.from_account, registration.id)
        attempt.tx.tell(Event(seller_of(registering.account.account), attempt.now, RegisteredEvent(*about)))
        join(attempt.tx, (*registering.together, ReachedAccount(account, standing)), self.new_id, attempt.now)
        linked = attempt.reach().with_all_linked({account_id})
        (group,) = groups_of(linked)
        return Created(next(reached for reached in linked if reached.account.id == account_id), group)
