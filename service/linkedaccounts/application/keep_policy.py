"""Keeps the policy that answers, and takes a new one only whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linkedaccounts.policy.place import Place
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem


class PolicyNotKept(PolicyRejected):
    """A sound policy that cannot be put into the archive, and so may not serve: its decisions could not be replayed."""

    def __init__(self, archive: str, problem: str) -> None:
        message = f"the policy cannot be kept for later replay and rollback, so it does not serve: {problem}"
        hint = "make room in that directory, or let the service write there"
        super().__init__([Problem(Place(archive), "policy-not-kept", message, hint)])


@dataclass(frozen=True, slots=True)
class RejectedCandidate:
    """A candidate that was not taken: when, and all that is wrong with it."""

    at: datetime
    problems: tuple[Problem, ...]


class PolicyKeeper:
    """Holds the current policy; a reload replaces it in one assignment, or leaves it as it is.

    Each policy goes through ``archive`` before it serves, as the bytes that were checked.
    """

    def __init__(
        self,
        load: Callable[[], Policy],
        now: Callable[[], datetime],
        archive: Callable[[Policy], object] = lambda _: None,
    ) -> None:
        """Loads the first policy; PolicyRejected passes through, for there is nothing to serve instead."""
        self._load = load
        self._now = now
        self._archive = archive
        self.current = self._loaded()
        self.loaded_at = now()
        self.rejected: RejectedCandidate | None = None

    def reload(self) -> bool:
        """Whether a new policy was taken; if not, ``rejected`` says why and the old one goes on answering."""
        try:
            candidate = self._loaded()
        except PolicyRejected as rejected:
            self.rejected = RejectedCandidate(self._now(), rejected.problems)
            return False
        self.current, self.loaded_at, self.rejected = candidate, self._now(), None
        return True

    def _loaded(self) -> Policy:
        policy = self._load()
        self._archive(policy)
        return policy
