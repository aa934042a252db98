"""The tokens that a session is continued with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from linkedaccounts.application.credentials_port import Claims, Tokens
from linkedaccounts.application.refusals import NotSignedIn
from linkedaccounts.domain.sessions import Session

FOR_CALLS = "session"
FOR_RENEWAL = "refresh"


@dataclass(frozen=True, slots=True)
class SessionTokens:
    """A short-lived token for calls, and one that is good for one renewal; each with the end of its time."""

    session_token: str
    session_token_expires_at: datetime
    refresh_token: str
    refresh_token_expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenMaker:
    """Makes tokens of sessions, and reads them. Of one session, unchanged, it makes the same tokens again."""

    tokens: Tokens
    session_lasts: timedelta
    refresh_lasts: timedelta

    def of(self, session: Session) -> SessionTokens:
        """The tokens of a session's newest generation."""
        session_end = session.renewed_at + self.session_lasts
        refresh_end = session.renewed_at + self.refresh_lasts
        common: dict[str, str | int] = {
            "sid": session.id,
            "sub": session.user,
            "gen": session.generation,
            "iat": int(session.renewed_at.timestamp()),
        }
        return SessionTokens(
            self.tokens.sign({**common, "use": FOR_CALLS, "exp": int(session_end.timestamp())}),
            session_end,
            self.tokens.sign({**common, "use": FOR_RENEWAL, "exp": int(refresh_end.timestamp())}),
            refresh_end,
        )

    def session_id(self, session_token: str, now: datetime) -> str:
        """The session that a call is made in; NotSignedIn."""
        if not session_token:
            raise NotSignedIn("SESSION_REQUIRED")
        return str(self._claims(session_token, FOR_CALLS, now)["sid"])

    def renewal(self, refresh_token: str, now: datetime) -> tuple[str, int]:
        """The session to renew, and which generation the token is of; NotSignedIn."""
        claims = self._claims(refresh_token, FOR_RENEWAL, now)
        return str(claims["sid"]), int(claims["gen"])

    def _claims(self, token: str, use: str, now: datetime) -> Claims:
        claims = self.tokens.read(token)
        if claims is None or claims.get("use") != use:
            raise NotSignedIn("SESSION_INVALID")
        if int(claims["exp"]) <= now.timestamp():
            raise NotSignedIn("SESSION_EXPIRED")
        return claims
