"""A registration as a use case shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from linkedaccounts.application.check_field import echo
from linkedaccounts.application.decision_record import DecisionMade
from linkedaccounts.application.reach import Reach
from linkedaccounts.application.refusals import NotAsThingsStand, NotFound
from linkedaccounts.application.registering import DETAILS, Registering, Requested, registering_from
from linkedaccounts.application.storage_port import Reading
from linkedaccounts.domain.catalogue import Store
from linkedaccounts.domain.registration import Registration
from linkedaccounts.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """A registration as it is at a moment, and what the rules of then ask for; ``made`` is that as it is recorded."""

    registration: Registration
    store: Store
    requested: tuple[Requested, ...]
    at: datetime
    policy_version: str
    made: tuple[DecisionMade, ...] = field(default=(), repr=False, compare=False)


def registration_of(reading: Reading, reach: Reach, registration_id: str) -> Registration:
    """A registration begun from an account that the session reaches by itself; NotFound."""
    registration = reading.registration(registration_id) if registration_id.isprintable() else None
    own = {reached.account.id for reached in reach.own}
    if registration is None or registration.from_account not in own:
        raise NotFound("REGISTRATION_UNKNOWN", {"registration": echo(registration_id)})
    return registration


def check_open(registration: Registration, now: datetime) -> None:
    """NotAsThingsStand if it was completed or has expired."""
    if registration.account is not None:
        raise NotAsThingsStand("REGISTRATION_COMPLETED", {})
    if not registration.is_open(now):
        raise NotAsThingsStand("REGISTRATION_EXPIRED", {"expired": registration.expires_at.date().isoformat()})


def continued(policy: Policy, reach: Reach, registration: Registration, now: datetime) -> Registering:
    """The seller of a registration, as things stand now; NotAsThingsStand if the store is open no more."""
    store, account_id = policy.catalogue.stores.get(registration.store), registration.from_account
    entry = store.terms.on(now.date()) if store else None
    if store is None or entry is None:
        raise NotAsThingsStand("STORE_GONE", {"store": registration.store, "account": account_id})
    return registering_from(
        policy, reach, store, entry.value, account_id, now, registration.business_type, registration.selling_plan
    )


def view_of(policy: Policy, reach: Reach, registration: Registration, now: datetime) -> RegistrationView:
    """The registration with what is asked for; NotAsThingsStand if the catalogue no longer has its store."""
    registering = continued(policy, reach, registration, now)
    requested, made = registering.requested(), (registering.made[DETAILS],)
    return RegistrationView(registration, registering.store, requested, now, policy.version, made)
