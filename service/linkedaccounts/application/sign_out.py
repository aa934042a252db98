"""Ends a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.application.session_tokens import TokenMaker
from linkedaccounts.application.storage_port import Storage, Writing


@dataclass(frozen=True, slots=True)
class SignOut:
    """The use case."""

    storage: Storage
    tokens: TokenMaker
    now: Callable[[], datetime]

    def __call__(self, asker: Asker) -> None:
        """Ends the session of the call, if it has not ended; NotSignedIn if the call names none."""
        now = self.now()
        session_id = self.tokens.session_id(asker.session_token, now)
        self.storage.write(lambda tx: _end(tx, asker, session_id, now))


def _end(tx: Writing, asker: Asker, session_id: str, now: datetime) -> None:
    session = tx.session(session_id)
    if session is not None and session.ended_at is None:
        tx.end_session(session_id, now)
        tx.append_audit(AuditEntry(now, "sign_out", "done", asker.service, "", session.user, session_id))
