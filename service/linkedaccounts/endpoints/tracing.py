"""Which calls are traced, and what they do on the way: a call that is not traced pays for a look at one field."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from linkedaccounts.endpoints.call_context import CallContext, current_trace

_NOTHING = nullcontext()


class Tracing(Protocol):
    """Traces calls, and sends the traces off in the background."""

    def begin(self, call: CallContext) -> None:
        """Decides whether the call is traced, and only then builds anything."""

    def stop(self) -> None:
        """Sends what is left; this waits for the network."""


def step(name: str) -> AbstractContextManager[object]:
    """A step of the current call, which stands in its trace if it has one."""
    trace = current_trace()
    return _NOTHING if trace is None else trace.step(name)
