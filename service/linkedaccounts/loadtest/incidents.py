"""Looks every second what became of the service's processes and connections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from linkedaccounts.loadtest.pool import Events
from linkedaccounts.loadtest.result import Event


class Incidents:
    """Compares what there is with what there was when it was looked at before; the first look finds nothing."""

    def __init__(self) -> None:
        self.found: list[Event] = []
        self._processes: set[int] = set()
        self._broken = 0
        self._left = 0

    def look(self, second: int, processes: Iterable[int], connections: Events) -> None:
        """How things stand at the end of a second of the run."""
        now = set(processes)
        if self._processes:
            for pid in sorted(self._processes - now):
                self.found.append(Event(second, "process-ended", f"process {pid} of the service ended"))
            for pid in sorted(now - self._processes):
                self.found.append(Event(second, "process-began", f"process {pid} of the service began"))
        self._processes = now
        self._note(second, "connections-broke", connections.broken - self._broken, "broke")
        self._note(second, "connections-left", connections.goaways - self._left, "left, as the service asked")
        self._broken, self._left = connections.broken, connections.goaways

    def _note(self, second: int, kind: Literal["connections-broke", "connections-left"], count: int, what: str) -> None:
        if count:
            self.found.append(Event(second, kind, f"{count} connection{'s' if count > 1 else ''} {what}"))
