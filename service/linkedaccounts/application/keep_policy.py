"""Keeps the policy that answers, and takes a new one only whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem


@dataclass(frozen=True, slots=True)
class RejectedCandidate:
    """A candidate that was not taken: when, and all that is wrong with it."""

    at: datetime
    problems: tuple[Problem, ...]


class PolicyKeeper:
    """Holds the current policy; a reload replaces it in one assignment, or leaves it as it is."""

    def __init__(self, load: Callable[[], Policy], now: Callable[[], datetime]) -> None:
        """Loads the first policy; PolicyRejected passes through, for there is nothing to serve instead."""
        self._load = load
        self._now = now
        self.current = load()
        self.loaded_at = now()
        self.rejected: RejectedCandidate | None = None

    def reload(self) -> bool:
        """Whether a new policy was taken; if not, ``rejected`` says why and the old one goes on answering."""
        try:
            candidate = self._load()
        except PolicyRejected as rejected:
            self.rejected = RejectedCandidate(self._now(), rejected.problems)
            return False
        self.current, self.loaded_at, self.rejected = candidate, self._now(), None
        return True
