"""Signs a user in: once for all accounts that are linked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.application.check_field import check_request_id
from linkedaccounts.application.reach import Reach, reach_of
from linkedaccounts.application.session_tokens import SessionTokens, TokenMaker
from linkedaccounts.application.storage_port import Storage, Writing
from linkedaccounts.application.verify_credentials import Credentials, Verified, VerifyCredentials
from linkedaccounts.domain.sessions import Session


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The session that began."""

    tokens: SessionTokens
    reach: Reach


@dataclass(frozen=True, slots=True)
class SignIn:
    """The use case. The same request, repeated, gives the same session with the same tokens."""

    storage: Storage
    verify: VerifyCredentials
    tokens: TokenMaker
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def __call__(self, asker: Asker, request_id: str, credentials: Credentials) -> SignedIn:
        """The session; InvalidRequest, NotSignedIn, or Exhausted if too many attempts failed."""
        check_request_id(request_id)
        now = self.now()
        verified = self.verify(asker, "sign_in", request_id, credentials, now)
        reach = self.storage.write(lambda tx: self._begun(tx, asker, request_id, verified, now))
        return SignedIn(self.tokens.of(reach.session), reach)

    def _begun(self, tx: Writing, asker: Asker, request_id: str, verified: Verified, now: datetime) -> Reach:
        self.verify.forgive(tx, verified)
        session = tx.session_begun_by(verified.user.id, request_id)
        if session is None:
            session = Session(self.new_id(), verified.user.id, now, 1, now, request_id)
            tx.add_session(session, request_id)
            tx.append_audit(AuditEntry(now, "sign_in", "done", asker.service, request_id, verified.user.id, session.id))
        return reach_of(tx, session, now)
