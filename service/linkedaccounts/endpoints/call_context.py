"""What is known of a call beside its request, for the servicer and for the call's line in the log."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import grpc

from linkedaccounts.domain.text import DEFAULT_LANGUAGE
from linkedaccounts.endpoints.language import language_for

REQUEST_ID = "x-request-id"
_VALID_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(slots=True)
class CallContext:
    """The call's id, the language of its answer, and, of a batch or stream, how many quotes it asked for so far."""

    request_id: str
    language: str = DEFAULT_LANGUAGE
    quotes: int | None = None


_current: ContextVar[CallContext] = ContextVar("call")


def current_call() -> CallContext:
    """The call that is being answered; each call runs in a context of its own."""
    return _current.get()


def begin_call(context: grpc.aio.ServicerContext[Any, Any]) -> CallContext:
    """Reads what the caller sent beside the request, and makes it the current call."""
    request_id = language = None
    for key, value in context.invocation_metadata() or ():
        if key == REQUEST_ID:
            request_id = value if isinstance(value, str) and _VALID_REQUEST_ID.fullmatch(value) else None
        elif key == "accept-language" and isinstance(value, str):
            language = language_for(value)
    call = CallContext(request_id or uuid.uuid4().hex, language or DEFAULT_LANGUAGE)
    _current.set(call)
    return call
