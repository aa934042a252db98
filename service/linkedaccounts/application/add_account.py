"""Proves control of another account for a few minutes, so that a session may pick it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import Attempt, InSession
from linkedaccounts.application.check_field import check_request_id
from linkedaccounts.application.reach import ReachedAccount
from linkedaccounts.application.verify_credentials import Credentials, Verified, VerifyCredentials
from linkedaccounts.domain.sessions import Proof

ACTION = "add_account"


@dataclass(frozen=True, slots=True)
class Added:
    """The accounts of the user whose credentials were given, and until when they may be picked."""

    accounts: tuple[ReachedAccount, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AddAccount:
    """The use case. A proof lasts for ``proof_lasts``; adding the account again gives it as long again."""

    session: InSession
    verify: VerifyCredentials
    now: Callable[[], datetime]
    proof_lasts: timedelta

    def __call__(self, asker: Asker, request_id: str, credentials: Credentials) -> Added:
        """What may be picked now; InvalidRequest, NotSignedIn, or Exhausted if too many attempts failed."""
        check_request_id(request_id)
        self.session.reach(asker)  # who is not signed in is told so before any password is looked at
        verified = self.verify(asker, ACTION, request_id, credentials, self.now())
        body = (ACTION, verified.user.id)
        return self.session.once(asker, request_id, body, Added, lambda attempt: self._added(attempt, verified))

    def _added(self, attempt: Attempt, verified: Verified) -> Added:
        self.verify.forgive(attempt.tx, verified)
        expires_at = attempt.now + self.proof_lasts
        attempt.tx.add_proof(Proof(attempt.session.id, verified.user.id, expires_at))
        memberships = {membership.account for membership in attempt.tx.memberships([verified.user.id])}
        accounts = attempt.reach().with_all_linked(memberships)
        attempt.audit(ACTION, "done", (reached.account.id for reached in accounts))
        return Added(accounts, expires_at)
