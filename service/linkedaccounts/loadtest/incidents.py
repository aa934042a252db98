"""Looks every second what became of the service's processes and connections."""

from __future__ import annotations

from collections.abc import Iterable

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
        if broken := connections.broken - self._broken:
            self.found.append(Event(second, "connections-broke", f"{_counted(broken)} broke"))
        if left := connections.goaways - self._left:
            self.found.append(Event(second, "connections-left", f"{_counted(left)} left, as the service asked"))
        if self._processes:
            for pid in sorted(now - self._processes):
                self.found.append(Event(second, "process-began", f"process {pid} of the service began"))
        self._processes, self._broken, self._left = now, connections.broken, connections.goaways


def _counted(connections: int) -> str:
    return f"{connections} connection{'' if connections == 1 else 's'}"
