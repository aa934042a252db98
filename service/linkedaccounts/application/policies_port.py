"""What a service keeps of its policies beside the one that answers; ``storage`` keeps it on disk."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from linkedaccounts.policy.policy import Policy


class Cause(StrEnum):
    """Why a policy began to serve."""

    START = "start"
    RULES = "rules"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Pin:
    """That one version is to serve, whatever the rules directory says: since when, and which caller asked for it."""

    version: str
    at: datetime
    caller: str


@dataclass(frozen=True, slots=True)
class Served:
    """A version that began to serve: when, why, and for a rollback which caller asked for it."""

    version: str
    at: datetime
    cause: Cause
    caller: str = ""


class VersionNotKept(Exception):
    """There is no such version among those that served, or its files are no longer what they were; the text says."""


class Policies(Protocol):
    """The rules directory, the archive of what served, and what an operator wants to serve."""

    @property
    def loaded(self) -> Hashable:
        """How the rules directory stood when it was read last; None if it never was."""

    def state(self) -> Hashable:
        """How the rules directory stands: equal as long as nobody touches it. Never raises."""

    def load_rules(self) -> Policy:
        """The policy of the rules directory, checked, tested and kept in the archive; PolicyRejected."""

    def load_version(self, version: str) -> Policy:
        """A policy that served; VersionNotKept, PolicyRejected if it does not pass the checks of today's service."""

    def stage(self, policy: Policy) -> Path:
        """A directory of exactly its files, for other processes to load; PolicyRejected says why there is none."""

    def versions(self) -> tuple[str, ...]:
        """The versions in the archive."""

    def pin(self) -> Pin | None:
        """What an operator wants to serve, if it is not the rules directory."""

    def put_pin(self, pin: Pin | None) -> None:
        """Wants a version to serve, across restarts, or with None the rules directory again; OSError."""

    def history(self) -> tuple[Served, ...]:
        """What served, the oldest first."""

    def note(self, served: Served) -> None:
        """Adds to the history; OSError."""
