"""What goes with every call beside its request: deadline, language, request id, and the calling service's token."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeAlias, TypedDict
from uuid import uuid4

Timeout: TypeAlias = float | timedelta
"""How long to wait for an answer, retries included: seconds, or a ``timedelta``."""


class CallOptions(TypedDict, total=False):
    """What a caller may say of one call; what is left out is as the client has it.

    ``language`` of messages for people: ``en`` or ``zh-CN``. ``timeout``: seconds or a ``timedelta``. ``request_id``
    finds the call in the service's log; one is made unless given.
    """

    language: str | None
    timeout: Timeout | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """What gRPC is told of one call; ``timeout`` in seconds, None for no deadline.

    ``idempotency_key`` is that of the change which the call is for; empty if it changes nothing.
    """

    request_id: str
    timeout: float | None
    metadata: tuple[tuple[str, str], ...] = field(repr=False)
    idempotency_key: str = ""

    def in_session(self, token: str) -> Call:
        """The same call, made in the session of a session token."""
        return replace(self, metadata=(*self.metadata, ("x-session-token", token)))


@dataclass(frozen=True, slots=True)
class CallDefaults:
    """What holds for the calls of a client that do not say otherwise; ``token`` may be empty."""

    language: str
    timeout: Timeout
    token: str = field(default="", repr=False)

    def call(self, options: CallOptions, idempotency_key: str = "") -> Call:
        """A call that ends with an answer or at its deadline."""
        return replace(self._call(options, options.get("timeout") or self.timeout), idempotency_key=idempotency_key)

    def stream(self, options: CallOptions) -> Call:
        """A call that lasts as long as the caller sends, unless it sets a deadline."""
        return self._call(options, options.get("timeout"))

    def _call(self, options: CallOptions, timeout: Timeout | None) -> Call:
        request_id = options.get("request_id") or uuid4().hex
        language = options.get("language") or self.language
        seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        metadata = (("x-request-id", request_id), ("accept-language", language))
        bearer = (("authorization", f"Bearer {self.token}"),) if self.token else ()
        return Call(request_id, seconds, (*metadata, *bearer))
