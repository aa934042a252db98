"""Lists the stores in which a seller may register: registered, available, or not available and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import InSession
from linkedaccounts.application.check_field import echo, nearest
from linkedaccounts.application.decision_record import DecisionMade
from linkedaccounts.application.reach import Reach, current_session, reach_of
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.application.registering import registering_from
from linkedaccounts.application.said import Said
from linkedaccounts.application.storage_port import Reading
from linkedaccounts.domain.catalogue import Region, Store, StoreTerms
from linkedaccounts.domain.registration import Registration
from linkedaccounts.policy.policy import Policy


class Availability(Enum):
    """Whether a seller can register in a store."""

    REGISTERED = "registered"
    AVAILABLE = "available"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True, slots=True)
class StoreOffer:
    """A store as it is offered; ``terms`` and ``said`` are missing of one that opens only on ``opens_on``."""

    store: Store
    availability: Availability
    terms: StoreTerms | None = None
    said: tuple[Said, ...] = ()
    opens_on: date | None = None
    registration: str | None = None


@dataclass(frozen=True, slots=True)
class Offers:
    """The stores by region, both by code; stores that are closed for good are in none."""

    regions: tuple[tuple[Region, tuple[StoreOffer, ...]], ...]
    policy_version: str


@dataclass(frozen=True, slots=True)
class ListStores:
    """The use case."""

    session: InSession
    policy: Callable[[], Policy]

    def __call__(self, asker: Asker, region: str = "", from_account: str = "") -> Offers:
        """The stores of one region or of all; InvalidRequest, NotSignedIn."""
        policy, now = self.policy(), self.session.now()

        def look(reading: Reading) -> tuple[Reach, list[Registration]]:
            session = current_session(reading, self.session.tokens, asker.session_token, now)
            reach = reach_of(reading, session, now)
            return reach, reading.open_registrations({reached.account.id for reached in reach.own}, now)

        reach, registrations = self.session.storage.read(look)
        _check(policy, reach, region, from_account)
        begun = {registration.store: registration.id for registration in registrations}
        offers = _Offers(policy, reach, from_account, begun, now)
        regions = [one for code, one in sorted(policy.catalogue.regions.items()) if region in {"", code}]
        offered = tuple((one, offers.of_region(one)) for one in regions)
        self.session.record(offers.made)
        return Offers(offered, policy.version)


def _check(policy: Policy, reach: Reach, region: str, from_account: str) -> None:
    problems: list[FieldProblem] = []
    if region and region not in policy.catalogue.regions:
        known = nearest(region, policy.catalogue.regions)
        problems.append(FieldProblem("region", "REGION_UNKNOWN", {"region": echo(region), "known": known}))
    if from_account and from_account not in {reached.account.id for reached in reach.own}:
        problems.append(FieldProblem("from_account_id", "ACCOUNT_NOT_REACHED", {"account": echo(from_account)}))
    if problems:
        raise InvalidRequest(problems)


@dataclass(frozen=True, slots=True)
class _Offers:
    """Makes the offers for one session."""

    policy: Policy
    reach: Reach
    from_account: str
    begun: Mapping[str, str]
    now: datetime
    made: list[DecisionMade] = field(default_factory=list)

    def of_region(self, region: Region) -> tuple[StoreOffer, ...]:
        """The stores of a region, by code."""
        stores = (store for _, store in sorted(self.policy.catalogue.stores.items()) if store.region == region)
        return tuple(self._made(stores))

    def _made(self, stores: Iterable[Store]) -> Iterable[StoreOffer]:
        today = self.now.date()
        for store in stores:
            if (entry := store.terms.on(today)) is not None:
                yield self._open(store, entry.value)
            elif today < store.terms.begins:
                yield StoreOffer(store, Availability.NOT_AVAILABLE, opens_on=store.terms.begins)

    def _open(self, store: Store, terms: StoreTerms) -> StoreOffer:
        registering = registering_from(self.policy, self.reach, store, terms, self.from_account, self.now)
        decision = registering.decision()
        self.made.extend(registering.made.values())
        if registering.facts()["store.registered"]:
            availability = Availability.REGISTERED
        else:
            availability = Availability.AVAILABLE if decision.allowed else Availability.NOT_AVAILABLE
        return StoreOffer(store, availability, terms, decision.said, registration=self.begun.get(store.code))
