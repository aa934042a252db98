"""Keeps the policy that answers, and what is known of those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime

from linkedaccounts.application.policies_port import Pin
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


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands beside the policy that answers.

    ``rejected`` is the newest candidate, if it was not taken; ``pin`` what holds the policy in use, and ``waiting`` the
    version of a sound rules directory that therefore does not serve.
    """

    rejected: RejectedCandidate | None = None
    pin: Pin | None = None
    waiting: str = ""


class PolicyKeeper:
    """Holds the current policy, which another replaces in one assignment; what is being answered keeps the one it has.

    ``taken`` and ``refused`` count the policies since the start.
    """

    def __init__(self, first: Policy, now: Callable[[], datetime], standing: Standing | None = None) -> None:
        """Begins with the policy that the service starts with."""
        self.now = now
        self.current = first
        self.loaded_at = now()
        self.standing = standing or Standing()
        self._of_call: ContextVar[Policy] = ContextVar("policy")
        self.taken = 1
        self.refused = 0

    def begin_call(self) -> None:
        """Holds the current policy for all that is done in this context: no answer mixes two, a batch included."""
        self._of_call.set(self.current)

    def of_call(self) -> Policy:
        """The policy that the call began with; outside of a call, and in a stream without end, the current one."""
        return self._of_call.get(self.current)

    def take(self, policy: Policy) -> None:
        """Answers with another policy from now on."""
        self.current, self.loaded_at = policy, self.now()
        self.taken += 1

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Notes why a candidate was not taken; the policy in use goes on answering."""
        rejected = RejectedCandidate(self.now(), tuple(problems))
        self.standing = replace(self.standing, rejected=rejected, waiting="")
        self.refused += 1
