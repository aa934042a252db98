"""Following events over calls that end: what to ask for next, and after how long."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import uniform
from typing import TypeAlias

from linkedaccounts.client.errors import LinkedAccountsError, Overloaded, TryAgain, Unavailable
from linkedaccounts.v1.event_service_pb2 import EventKind, SubscribeRequest, SubscribeResponse

PASSES = (Unavailable, Overloaded, TryAgain)
"""What ends a call of a service that answers again later."""
LONGEST_WAIT_SECONDS = 30.0
Interrupted: TypeAlias = Callable[[LinkedAccountsError | None, float], object]
"""Is told that a call ended, by which error if it was one, and after how many seconds the service is called again."""


def unheard(_error: LinkedAccountsError | None, _seconds: float) -> None:
    """Nobody wants to know."""


@dataclass
class Following:
    """Where a follower has got to: ``request`` asks for the rest; ``failed`` is how often in a row it heard nothing."""

    request: SubscribeRequest
    interrupted: Interrupted = unheard
    heard_some: bool = False
    failed: int = 0

    def hear(self, told: SubscribeResponse) -> None:
        """Goes on from there, should the call end."""
        self.request.after_position, self.request.from_now = told.position, False
        self.heard_some, self.failed = True, 0

    def wait(self, error: LinkedAccountsError | None = None) -> float:
        """After how many seconds to call again; raises the error if that is no use.

        Longer each time, and each follower's own while, so that not all come at once to a service that is back.
        """
        if error is not None and not self.heard_some:
            raise error
        self.failed += 1
        said = error.failure.retry_after if error is not None else None
        least = said.total_seconds() if said is not None else 0.0
        seconds = least + uniform(0.5, 1) * min(LONGEST_WAIT_SECONDS, 2.0 ** min(self.failed - 1, 10))  # noqa: S311
        self.interrupted(error, seconds)
        return seconds


def subscribe_request(
    after_position: int, from_now: bool, kinds: Collection[str], account_ids: Collection[str]
) -> SubscribeRequest:
    """The contract's request; ValueError if there is no such kind."""
    numbers = [EventKind.Value(f"EVENT_KIND_{kind.upper()}") for kind in kinds]
    return SubscribeRequest(
        after_position=after_position, from_now=from_now, kinds=numbers, account_ids=list(account_ids)
    )
