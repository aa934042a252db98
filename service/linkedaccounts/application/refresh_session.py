"""Gives new tokens for a refresh token, which is good for one use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.application.check_field import check_request_id
from linkedaccounts.application.refusals import NotSignedIn
from linkedaccounts.application.session_tokens import SessionTokens, TokenMaker
from linkedaccounts.application.storage_port import Storage, Writing
from linkedaccounts.domain.sessions import Session

ACTION = "refresh_session"


@dataclass(frozen=True, slots=True)
class RefreshSession:
    """The use case. A token used twice, but by a repetition of the same request, was stolen: the session ends."""

    storage: Storage
    tokens: TokenMaker
    now: Callable[[], datetime]

    def __call__(self, asker: Asker, request_id: str, refresh_token: str) -> SessionTokens:
        """The new tokens; NotSignedIn."""
        check_request_id(request_id)
        now = self.now()
        session_id, generation = self.tokens.renewal(refresh_token, now)
        renewed = self.storage.write(lambda tx: self._renewed(tx, asker, request_id, (session_id, generation), now))
        if renewed is None:
            raise NotSignedIn("SESSION_ENDED")
        return self.tokens.of(renewed)

    def _renewed(
        self, tx: Writing, asker: Asker, request_id: str, used: tuple[str, int], now: datetime
    ) -> Session | None:
        """The session as it is continued; None if it has ended, or ends now."""
        session_id, generation = used
        session = tx.session(session_id)
        if session is None or session.ended_at is not None:
            return None
        if generation == session.generation - 1 and session.renewed_by == request_id:
            return session
        newest = generation == session.generation
        outcome = "done" if newest else "refused"
        tx.append_audit(AuditEntry(now, ACTION, outcome, asker.service, request_id, session.user, session_id))
        if not newest:
            tx.end_session(session_id, now)
            return None
        renewed = replace(session, generation=generation + 1, renewed_at=now, renewed_by=request_id)
        tx.renew_session(renewed)
        return renewed
