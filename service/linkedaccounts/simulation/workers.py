"""Who works on the market's database: carries out actions, and charges what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Protocol

from linkedaccounts.bootstrap.billing import compose_billing, load_files
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.remembered import Memory
from linkedaccounts.simulation.actions import Action, Outcome
from linkedaccounts.simulation.known_rates import KnownRates
from linkedaccounts.simulation.performing import Performing
from linkedaccounts.simulation.setting import Clock
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.sql_storage import SqlStorage


class Workers(Protocol):
    """One process or several; each method returns once the work is done, whoever died over it."""

    def perform(self, action: Action) -> Outcome:
        """Carries out an action at its moment."""

    def charge(self, through: date, now: datetime) -> None:
        """Charges all that is due through a day, at a moment."""


class OwnWork:
    """This process does it, by the service's use cases and the simulated clock."""

    def __init__(self, storage: SqlStorage) -> None:
        self._clock, self._rates = Clock(datetime.min.replace(tzinfo=UTC)), KnownRates(packaged_rate_book())
        self._policies: dict[tuple[tuple[str, bytes], ...], Policy] = {}
        self._performing = Performing(storage, self._book, self._clock, self._load)
        self._run = compose_billing(storage, self._book, self._clock, load=self._load)

    def perform(self, action: Action) -> Outcome:
        """Carries out an action at its moment."""
        self._clock.now = action.at
        return self._performing(action)

    def charge(self, through: date, now: datetime) -> None:
        """Charges all that is due through a day, at a moment."""
        self._clock.now = now
        for _ in self._run(through):
            pass

    def _book(self) -> RateBook:
        return self._rates.at(self._clock.now)

    def _load(self, files: Mapping[str, bytes]) -> Policy:
        """Loads a policy once, for sellers and for billing."""
        key = tuple(sorted(files.items()))
        if key not in self._policies:
            self._policies[key] = load_files(files)
            self._policies[key].remember(Memory())
        return self._policies[key]
