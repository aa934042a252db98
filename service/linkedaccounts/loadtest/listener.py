"""Who hears what becomes of the calls of a connection."""

from __future__ import annotations

from typing import Protocol

from linkedaccounts.loadtest.calls import Call


class Listener(Protocol):
    """Called by a connection, in the order in which things arrive."""

    def ended(self, call: Call, status: str) -> None:
        """The call has a status, its own or one that gRPC gives to what happened."""

    def was_reset(self) -> None:
        """The server ended a call by RST_STREAM; ``ended`` follows."""

    def broke(self) -> None:
        """The connection ended without notice; ``ended`` follows for each of its calls."""

    def moved(self) -> None:
        """Something arrived and was dealt with: there may be room for more calls."""

    def unserved(self, calls: list[Call]) -> None:
        """The server takes no more calls on this connection, and says that it never began with these."""
