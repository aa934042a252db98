"""The policies by which days are charged: each as it was when the day began, out of the files that were noted then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from linkedaccounts.application.billing.ports import PoliciesNoted
from linkedaccounts.policy.policy import Policy


class NoPolicyNoted(LookupError):
    """The memory knows of no policy yet: no service has run on it, and nobody noted one."""


class PoliciesOfDays:
    """Knows each policy once it was loaded. ``load`` makes one of files by their paths; PolicyRejected."""

    def __init__(self, noted: PoliciesNoted, load: Callable[[Mapping[str, bytes]], Policy]) -> None:
        self._noted = noted
        self._load = load
        self._known: dict[str, Policy] = {}

    def on(self, day: date) -> Policy:
        """The policy of a day; NoPolicyNoted."""
        version = self._noted.policy_on(day)
        if version is None:
            raise NoPolicyNoted("no policy was noted yet")
        return self.version(version)

    def version(self, version: str) -> Policy:
        """A policy that was noted; LookupError."""
        if version not in self._known:
            self._known[version] = self._load(self._noted.policy_files(version))
        return self._known[version]
