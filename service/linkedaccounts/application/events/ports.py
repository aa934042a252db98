"""What telling others needs of the memory, and of a broker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from linkedaccounts.domain.events import Event


@dataclass(frozen=True, slots=True)
class Placed:
    """An event at its place in the order of all: 1 is the first ever, and there are no gaps."""

    position: int
    event: Event


@dataclass(frozen=True, slots=True)
class Extent:
    """Which events there are: those after ``removed`` through ``newest``; positions."""

    removed: int
    newest: int


class EventLog(Protocol):
    """All events that are kept, in one order. Within a seller it is the order in which things happened."""

    def extent(self) -> Extent:
        """Which events there are, those included that were committed before it is asked."""

    def after(self, position: int, most: int) -> Sequence[Placed]:
        """The first events after a position, at most so many."""


class Cursor(Protocol):
    """How far somebody has told the events on, kept for good; one holds it at a time, of all processes and machines.

    Who holds it says so again before ``until``; else another takes it over.
    """

    def take(self, holder: str, now: datetime, until: datetime) -> int | None:
        """The position from which the holder goes on; None while another one holds it."""

    def move(self, holder: str, position: int, until: datetime) -> bool:
        """Notes that everything through a position is told; False if another one has taken it over."""

    def release(self, holder: str) -> None:
        """Lets others take it over at once, if the holder holds it still."""


class BrokerUnreachable(Exception):
    """A broker took no event, or nobody knows whether it did; the text is one line, without any secret."""


class Broker(Protocol):
    """Takes events for others to read. An event that was sent before, it may know by its position and take once."""

    async def publish(self, placed: Placed) -> None:
        """Returns once the event is kept there for good; BrokerUnreachable."""

    async def close(self) -> None:
        """Ends the connection, if there is one."""
