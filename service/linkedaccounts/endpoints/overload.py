"""When to shed: how long calls wait before they begin, and which of them are then refused.

Calls queue inside gRPC, in the order in which they came, where nothing of a server in Python sees them: the event loop
goes on without delay, with two or three calls at work, while hundreds wait. So the service calls itself now and then: a
call of its own that waits says how long all others wait.

A queue that empties again is a burst, or what a pause left behind, and is worked off. One that is still long after 15
looks stands: more comes than can be answered. From then on what has waited for longer than the target is refused, until
as many have passed without anything that was. After CoDel (RFC 8289) and "Fail at Scale" (Maurer, 2015).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

LOOKS = 15
"""So many looks in a row tell that a queue stands, or no longer does."""
LOOK_SECONDS = 0.01
MOST_OF_ONE = 5
"""A look that comes late counts for those that it should have been, up to so many: a long pause alone tells nothing."""
LEAST_CROWD = 100
"""If fewer calls wait or are at work, none is refused: so many a client of gRPC has under way on one connection, and it
is the machine that is slow."""
CALLS_PER_PROBE = 128
"""As long as nothing waits, one call of its own for so many of others: what it costs is shared by them."""
ONE_OF = 6
"""However long the queue is, one of so many calls is taken: refusing costs time too, and must not take all of it."""
BIG_SHARE = 0.5
"""Batches and streams are refused at this share of the target, however few they are, so that cheap calls find room."""


class Wait(NamedTuple):
    """How long a call waits, and how many others begin before it."""

    seconds: float
    calls: int


class _Probe(NamedTuple):
    """A call of the service to itself: when it was sent, and how many others had begun by then."""

    sent_at: float
    calls: int


class Overload:
    """Decides of each call, when it begins, whether it is shed; for one event loop. ``clock`` gives seconds."""

    def __init__(self, target: float, at_work: Callable[[], int], clock: Callable[[], float]) -> None:
        """``target`` is for how many seconds calls may wait in the long run; ``at_work`` how many have begun."""
        self._target = target
        self._at_work = at_work
        self._clock = clock
        self._sent: dict[int, _Probe] = {}
        self._last_number = 0
        self._last_wait = Wait(0.0, 0)
        self._calls = 0
        self._calls_at_probe = 0
        self._looked_at = clock()
        self._busy = False
        self._in_a_row = 0.0
        self._shed_lately = False
        self._refused_in_a_row = 0
        self.stands = False

    def look(self) -> None:
        """To be called every LOOK_SECONDS: looks whether the queue stands, and whether the event loop came late."""
        now = self._clock()
        passed, self._looked_at = now - self._looked_at, now
        self._busy = passed > LOOK_SECONDS + self._target
        looks = 1.0 if self.stands else min(MOST_OF_ONE, passed / LOOK_SECONDS)
        goes_on = self._shed_lately if self.stands else not self._too_long()
        self._in_a_row = 0.0 if goes_on else self._in_a_row + looks
        self._shed_lately = False
        if self._in_a_row >= LOOKS:
            self._in_a_row = 0.0
            self.stands = not self.stands

    def wants_probe(self) -> bool:
        """Whether it is time for a call of its own: enough others came since the last one, or they seem to wait."""
        enough = self._calls - self._calls_at_probe >= CALLS_PER_PROBE or self._busy
        return enough or self.stands or self.wait().seconds > self._target * BIG_SHARE

    def probe_sent(self) -> int:
        """A call of its own goes out now; its number."""
        self._calls_at_probe = self._calls
        self._last_number += 1
        self._sent[self._last_number] = _Probe(self._clock(), self._calls)
        return self._last_number

    def probe_began(self, number: int) -> None:
        """A call of its own begins only now. Those before it that did not begin never will: gRPC has refused them."""
        if number in self._sent:
            self._last_wait = self._since(self._sent[number])
            self._sent = {later: sent for later, sent in self._sent.items() if later > number}

    def probes_lost(self) -> None:
        """None of those that are on their way will begin, the connection being gone: nothing is known of the queue."""
        self._sent.clear()
        self._last_wait = Wait(0.0, 0)

    def wait(self) -> Wait:
        """What calls that begin now have waited for: as the last call of its own, or more if the next still waits."""
        oldest = next(iter(self._sent.values()), None)
        return self._last_wait if oldest is None else max(self._last_wait, self._since(oldest))

    def sheds(self, *, big: bool) -> bool:
        """Whether the call that begins now is to be shed."""
        self._calls += 1
        if not self.stands:
            return False
        too_long = self.wait().seconds > BIG_SHARE * self._target if big else self._too_long()
        if not too_long or (not big and self._refused_in_a_row >= ONE_OF - 1):
            self._refused_in_a_row = 0
            return False
        self._refused_in_a_row += 1
        self._shed_lately = True
        return True

    def _too_long(self) -> bool:
        wait = self.wait()
        return wait.seconds > self._target and wait.calls + self._at_work() >= LEAST_CROWD

    def _since(self, probe: _Probe) -> Wait:
        return Wait(self._clock() - probe.sent_at, self._calls - probe.calls)
