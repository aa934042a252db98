"""Begins a registration in a store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import timedelta

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import Attempt, InSession
from linkedaccounts.application.check_field import check_exists, check_store, echo
from linkedaccounts.application.get_registration import GetRegistration
from linkedaccounts.application.link_decision import audited
from linkedaccounts.application.policy_refusal import Refusals, RefusedByPolicy
from linkedaccounts.application.reach import Reach
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.application.registering import Registering, registering_from
from linkedaccounts.application.registration_view import RegistrationView
from linkedaccounts.domain.registration import Registration
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.vocabulary import BUSINESS_TYPES, SELLING_PLANS

ACTION = "start_registration"


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """Where to register and from which account, empty for the best; None is not stated, which the type may not be."""

    store: str
    from_account: str = ""
    business_type: str | None = None
    selling_plan: str | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """The registration that is open in the store."""

    registration: str


@dataclass(frozen=True, slots=True)
class StartRegistration:
    """The use case. A registration that is not completed expires after ``lasts``."""

    session: InSession
    policy: Callable[[], Policy]
    get: GetRegistration
    new_id: Callable[[], str]
    lasts: timedelta

    def __call__(self, asker: Asker, request_id: str, request: RegistrationRequest) -> RegistrationView:
        """The registration that is open; InvalidRequest, NotSignedIn, RefusedByPolicy, TryAgain."""
        policy = self.policy()
        outcome = self.session.once(
            asker,
            request_id,
            (ACTION, *astuple(request)),
            Begun | Refusals,
            lambda attempt: self._begun(attempt, policy, request),
        )
        if isinstance(outcome, Refusals):
            raise RefusedByPolicy(outcome)
        return self.get(asker, outcome.registration)

    def _begun(self, attempt: Attempt, policy: Policy, request: RegistrationRequest) -> Begun | Refusals:
        registering = _checked(policy, attempt.reach(), request, attempt)
        if (begun := _open_already(attempt, registering)) is not None:
            return Begun(begun.id)
        decision = registering.decision()
        refusals = registering.refusals(decision)
        attempt.record(registering.made.values())
        outcome = "refused" if refusals.refused_by else "done"
        subjects = (registering.account.account.id, request.store)
        attempt.audit(ACTION, outcome, subjects, (audited(request.store, decision),), policy.version)
        return refusals if refusals.refused_by else Begun(self._added(attempt, registering).id)

    def _added(self, attempt: Attempt, registering: Registering) -> Registration:
        registration = Registration(
            id=self.new_id(),
            user=attempt.session.user,
            from_account=registering.account.account.id,
            store=registering.store.code,
            business_type=registering.business_type,
            selling_plan=registering.selling_plan,
            details={},
            started_at=attempt.now,
            expires_at=attempt.now + self.lasts,
        )
        attempt.tx.add_registration(registration)
        return registration


def _open_already(attempt: Attempt, registering: Registering) -> Registration | None:
    """The registration in the same store that was begun from any of the seller's accounts, and can be completed."""
    accounts = {reached.account.id for reached in registering.together}
    begun = attempt.tx.open_registrations(accounts, attempt.now)
    return next((registration for registration in begun if registration.store == registering.store.code), None)


def _checked(policy: Policy, reach: Reach, request: RegistrationRequest, attempt: Attempt) -> Registering:
    problems: list[FieldProblem] = []
    store = check_store(request.store, policy.catalogue.stores, problems, "store")
    terms = check_exists(store, attempt.day, problems, "store") if store else None
    if request.from_account and request.from_account not in {reached.account.id for reached in reach.own}:
        values = {"account": echo(request.from_account)}
        problems.append(FieldProblem("from_account_id", "ACCOUNT_NOT_REACHED", values))
    if request.business_type is None:
        problems.append(FieldProblem("business_type", "BUSINESS_TYPE_REQUIRED"))
    elif request.business_type not in BUSINESS_TYPES:
        problems.append(FieldProblem("business_type", "BUSINESS_TYPE_UNKNOWN", {"number": request.business_type}))
    if request.selling_plan is not None and request.selling_plan not in SELLING_PLANS:
        problems.append(FieldProblem("selling_plan", "SELLING_PLAN_UNKNOWN", {"number": request.selling_plan}))
    if problems or store is None or terms is None:
        raise InvalidRequest(problems)
    known = (request.business_type, request.selling_plan)
    return registering_from(policy, reach, store, terms, request.from_account, attempt.now, *known)
