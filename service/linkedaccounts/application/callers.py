"""Which services may call, and what each of them may ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """What a calling service may be allowed to do; the contract says which method needs which."""

    QUOTES = "quotes"
    ACCOUNTS = "accounts"
    POLICY = "policy"
    POLICY_ADMIN = "policy-admin"
    BILLING = "billing"
    BILLING_ADMIN = "billing-admin"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Caller:
    """A calling service: its name, as the log shows it, and its scopes."""

    name: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Callers:
    """Every service that may call, by what it shows of itself; ``anyone`` is who calls where nothing is asked for.

    Tokens stand here by their SHA-256, certificates by a name in them: a URI, a DNS name or the common name.
    """

    by_token: Mapping[bytes, Caller] = field(default_factory=dict)
    by_certificate: Mapping[str, Caller] = field(default_factory=dict)
    anyone: Caller | None = None


DEVELOPMENT = Callers(anyone=Caller("development", frozenset(Scope)))
"""Development mode: whoever reaches the service may do everything, so only this machine may reach it."""


class CallersRejected(Exception):
    """Callers that cannot be served; ``problems`` are all that is wrong, a line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        heading = f"{count} problem{'s' if count != 1 else ''} with who may call"
        super().__init__("\n".join([heading, *(f"  {problem}" for problem in self.problems)]))


class CallersKeeper:
    """Holds the callers in use; a reload replaces them in one assignment, or leaves them as they are."""

    def __init__(self, load: Callable[[], Callers]) -> None:
        """Loads the first callers; CallersRejected passes through, for then nobody could be told from anybody."""
        self._load = load
        self.current = load()

    def reload(self) -> None:
        """Takes the callers over as they stand now; CallersRejected leaves the old ones in use."""
        self.current = self._load()
