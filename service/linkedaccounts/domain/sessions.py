"""Sessions of users who signed in, and how sign-ins are slowed down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """A user who is signed in.

    ``generation`` counts the refresh tokens given out: only the newest is good. ``renewed_by`` is the request that gave
    it out, at ``renewed_at``; whoever repeats that request gets the same tokens again.
    """

    id: str
    user: str
    signed_in_at: datetime
    generation: int
    renewed_at: datetime
    renewed_by: str
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """In a session, control of another user's accounts was proven, until ``expires_at``."""

    session: str
    user: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Attempts:
    """Sign-ins that did not succeed, so far, for one e-mail or from one address; the newest at ``last_at``."""

    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failed sign-ins are borne: ``free`` ones at once, then each wait doubles, from ``first_wait`` on.

    From ``locks_at`` failures on the wait is ``lock``. What is older than ``forgets_after`` no longer counts.
    """

    free: int
    locks_at: int
    first_wait: timedelta
    lock: timedelta
    forgets_after: timedelta

    def again_at(self, attempts: Attempts | None, now: datetime) -> datetime:
        """From when on the next attempt may be made."""
        if attempts is None or self._forgotten(attempts, now) or attempts.count < self.free:
            return now
        if attempts.count >= self.locks_at:
            return attempts.last_at + self.lock
        doubled = self.first_wait * (1 << attempts.count - self.free)
        return attempts.last_at + min(doubled, self.lock)

    def one_more(self, attempts: Attempts | None, now: datetime) -> Attempts:
        """The attempts with one more, made now."""
        so_far = 0 if attempts is None or self._forgotten(attempts, now) else attempts.count
        return Attempts(so_far + 1, now)

    def _forgotten(self, attempts: Attempts, now: datetime) -> bool:
        return now - attempts.last_at > self.forgets_after
