"""What the audit says of an attempt, done or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditedRule:
    """A rule that decided, and its reason code."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditedDecision:
    """The decision on one subject, an account's id or a store's code."""

    subject: str
    allowed: bool
    rules: tuple[AuditedRule, ...]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An attempt. ``action`` is the use case's name (`link`); ``outcome`` is `done` or `refused`.

    ``actor`` is a user's id, None where nobody was recognised; ``caller`` the calling service. ``subjects`` are what it
    was about, ids of accounts, sessions or registrations. No e-mail, password or token stands in it.
    """

    at: datetime
    action: str
    outcome: str
    caller: str
    request_id: str
    actor: str | None = None
    session: str | None = None
    subjects: tuple[str, ...] = ()
    decisions: tuple[AuditedDecision, ...] = ()
    policy_version: str = ""
