"""What is known of a call beside its request, for the servicer and for the call's line in the log."""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import grpc

from linkedaccounts.domain.text import DEFAULT_LANGUAGE
from linkedaccounts.endpoints.call_trace import CallTrace
from linkedaccounts.endpoints.language import language_for

REQUEST_ID = "x-request-id"
AUTHORIZATION = "authorization"
TRACEPARENT = "traceparent"
SESSION_TOKEN = "x-session-token"  # noqa: S105  # the name of the header
_VALID_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(slots=True)
class CallContext:
    """The call's id and method, the language of its answer, who makes it, and for which seller's session.

    ``quotes`` is how many a batch or stream asked for so far. ``caller`` is the calling service's name, empty until it
    is known. ``traceparent`` is as it was sent, ``trace`` the call's own trace, if it has one. ``authorization`` and
    ``session_token`` are secrets, as they were sent or empty: nothing shows them.
    """

    request_id: str
    method: str = ""
    language: str = DEFAULT_LANGUAGE
    quotes: int | None = None
    caller: str = ""
    traceparent: str = ""
    trace: CallTrace | None = None
    authorization: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)


_current: ContextVar[CallContext] = ContextVar("call")


def current_call() -> CallContext:
    """The call that is being answered; each call runs in a context of its own."""
    return _current.get()


def id_and_method() -> tuple[str, str]:
    """The id and the method of the call that is being answered; both are empty outside of one."""
    call = _current.get(None)
    return ("", "") if call is None else (call.request_id, call.method)


def current_trace() -> CallTrace | None:
    """The trace of the call that is being answered; None if it has none, and outside of a call."""
    call = _current.get(None)
    return None if call is None else call.trace


def begin_call(context: grpc.aio.ServicerContext[Any, Any], method: str) -> CallContext:
    """Reads what the caller sent beside the request, and makes it the current call."""
    call = CallContext("", method)
    for key, value in context.invocation_metadata() or ():
        if not isinstance(value, str):
            continue
        if key == REQUEST_ID:
            call.request_id = value if _VALID_REQUEST_ID.fullmatch(value) else ""
        elif key == "accept-language":
            call.language = language_for(value)
        elif key == AUTHORIZATION:
            call.authorization = value
        elif key == SESSION_TOKEN:
            call.session_token = value
        elif key == TRACEPARENT:
            call.traceparent = value
    call.request_id = call.request_id or token_hex(16)
    _current.set(call)
    return call
