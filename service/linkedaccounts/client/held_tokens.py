"""The tokens of a session, and when to ask for new ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import uuid4

from linkedaccounts.v1.account_service_pb2 import RefreshSessionRequest, SessionTokens

Clock: TypeAlias = Callable[[], datetime]
"""What tells the time, with its zone."""

REFRESH_AHEAD = timedelta(seconds=30)
"""How long before its end a session token is replaced: longer than a call takes."""


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


class HeldTokens:
    """The newest tokens of a session; who holds them sees to it that only one refresh is under way at a time."""

    def __init__(self, tokens: SessionTokens, clock: Clock) -> None:
        self._clock = clock
        self._hold(tokens)
        self._refresh_ahead = True

    @property
    def tokens(self) -> SessionTokens:
        """A copy, the caller's own."""
        return SessionTokens.FromString(self._tokens.SerializeToString())

    @property
    def session_token(self) -> str:
        """What calls are made with; secret."""
        return self._tokens.session_token

    @property
    def expires_at(self) -> datetime:
        """Until when ``session_token`` is good."""
        return _expires_at(self._tokens)

    def due(self) -> bool:
        """Whether the session token is about to run out.

        Never of one that seemed so when it was new: then this machine's clock is not the service's, or tokens live
        shorter than the margin, and refreshing before each call would not mend that.
        """
        return self._refresh_ahead and self._about_to_run_out(self._tokens)

    def refresh_request(self) -> RefreshSessionRequest:
        """The request for new tokens: the same until ``take``, so that repeating it after a lost answer is no theft.

        Its ``request_id`` cannot be guessed: who stole a used token must not be able to pass for the repetition.
        """
        return RefreshSessionRequest(request_id=self._refresh_id, refresh_token=self._tokens.refresh_token)

    def take(self, tokens: SessionTokens) -> None:
        """Holds new tokens instead."""
        self._refresh_ahead = not self._about_to_run_out(tokens)
        self._hold(tokens)

    def _hold(self, tokens: SessionTokens) -> None:
        self._refresh_id = uuid4().hex
        self._tokens = tokens

    def _about_to_run_out(self, tokens: SessionTokens) -> bool:
        return self._clock() >= _expires_at(tokens) - REFRESH_AHEAD


def _expires_at(tokens: SessionTokens) -> datetime:
    return tokens.session_token_expires_at.ToDatetime(UTC)
