"""The trace of a call, as those see it who take part in the call: none of them knows OpenTelemetry."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class CallTrace(Protocol):
    """The span of a call that was chosen to be traced."""

    def step(self, name: str) -> AbstractContextManager[object]:
        """A span within it, which lasts as long as the context."""

    def end(self, status: str, **said: str | int | None) -> str:
        """Ends it with the call's status and what else is said of the call, None being nothing; the trace's id."""
