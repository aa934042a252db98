"""Which calls are shed, on a queue that is only imagined, as gRPC's is: calls begin one by one, in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from linkedaccounts.endpoints.overload import LOOK_SECONDS, Overload

TARGET = 0.05
TAKES, REFUSING = 0.001, 0.00002
"""Seconds of a call that is answered, and of one that is refused: so 1,000 calls a second are the limit."""
LIMIT = 1 / TAKES


@dataclass(frozen=True)
class Ended:
    """A call that was answered or shed: when it had come, and how long it took from then on."""

    came: float
    took: float
    shed: bool
    big: bool


@dataclass
class Imagined:
    """A service that does one thing at a time, and sees no call before it begins."""

    refusing: float = REFUSING
    now: float = 0.0
    queue: deque[tuple[float, Callable[[], float]]] = field(default_factory=deque)
    ended: list[Ended] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.overload = Overload(TARGET, lambda: 0, lambda: self.now)
        self._looked = 0.0

    def run(self, arrivals: Iterable[tuple[float, bool]], until: float) -> None:
        """Lets calls come, big or not, at their moments."""
        coming = deque(arrivals)
        while self.now < until:
            while coming and coming[0][0] <= self.now:
                self.queue.append(self._call(*coming.popleft()))
            if self.now >= self._looked + LOOK_SECONDS:
                self._look()
            if self.queue:
                self.now += self.queue.popleft()[1]()
            else:
                self.now = min(until, self._looked + LOOK_SECONDS, coming[0][0] if coming else until)

    def between(self, begin: float, end: float) -> list[Ended]:
        """The calls that came then."""
        return [call for call in self.ended if begin <= call.came < end]

    def _call(self, came: float, big: bool) -> tuple[float, Callable[[], float]]:
        def begin() -> float:
            shed = self.overload.sheds(big=big)
            seconds = self.refusing if shed else TAKES
            self.ended.append(Ended(came, self.now + seconds - came, shed, big))
            return seconds

        return came, begin

    def _look(self) -> None:
        self._looked = self.now
        self.overload.look()
        if self.overload.wants_probe():
            self.queue.append((self.now, self._own_call(self.overload.probe_sent())))

    def _own_call(self, number: int) -> Callable[[], float]:
        def begin() -> float:
            self.overload.probe_began(number)
            return self.refusing

        return begin


def calls(random: Random, rate: float, begin: float, end: float, *, big: bool = False) -> list[tuple[float, bool]]:
    """Calls that come independently of each other."""
    moments, now = [], begin
    while (now := now + random.expovariate(rate)) < end:
        moments.append((now, big))
    return moments


def answered(ended: Iterable[Ended]) -> list[float]:
    return sorted(call.took for call in ended if not call.shed)


def test_at_three_times_the_limit_what_is_taken_is_answered_soon_and_at_nearly_the_rate_of_the_limit() -> None:
    service = Imagined()
    service.run(calls(Random(1), 3 * LIMIT, 0, 4), until=4)
    steady = answered(service.between(1, 3.5))

    assert len(steady) / 2.5 >= 0.9 * LIMIT
    assert steady[len(steady) // 2] < 2 * TARGET
    assert steady[len(steady) * 99 // 100] < 3 * TARGET


def test_when_fewer_calls_come_again_none_is_shed_any_more() -> None:
    random, service = Random(2), Imagined()
    service.run([*calls(random, 3 * LIMIT, 0, 2), *calls(random, LIMIT / 2, 2, 4)], until=4)
    after = service.between(2.1, 4)

    assert not any(call.shed for call in after)
    assert answered(after)[-1] < TARGET


def test_below_the_limit_nothing_is_shed() -> None:
    service = Imagined()
    service.run(calls(Random(3), 0.8 * LIMIT, 0, 10), until=10)

    assert not any(call.shed for call in service.ended)


def test_what_a_burst_or_a_pause_leaves_behind_is_worked_off() -> None:
    service = Imagined()
    service.run([(0.5, False)] * 90, until=1)
    service.now = 1.3  # the process stood still, and all that came meanwhile waits
    service.run(calls(Random(4), LIMIT / 4, 1, 2), until=2)

    assert len(service.ended) > 250
    assert not any(call.shed for call in service.ended)


def test_cheap_calls_are_taken_before_big_ones() -> None:
    random, service = Random(5), Imagined()
    mixed = sorted(calls(random, LIMIT, 0, 4) + calls(random, LIMIT, 0, 4, big=True))
    service.run(mixed, until=4)
    steady = service.between(1, 3.5)
    cheap, big = (len(answered(call for call in steady if call.big is which)) for which in (False, True))

    assert cheap > 0.8 * 2.5 * LIMIT
    assert big < 0.2 * 2.5 * LIMIT


def test_however_many_come_refusing_does_not_take_all_of_the_time() -> None:
    service = Imagined(refusing=TAKES / 4)
    service.run(calls(Random(6), 10 * LIMIT, 0, 1), until=1)

    assert len(answered(service.ended)) > LIMIT / 2


def test_while_few_calls_come_the_service_hardly_calls_itself() -> None:
    service = Imagined()
    service.run(calls(Random(7), LIMIT / 10, 0, 5), until=5)

    assert service.overload.probe_sent() <= 1 + len(service.ended) // 100


def test_calls_of_its_own_that_never_begin_hold_up_nothing_once_a_later_one_does_or_they_are_known_to_be_lost() -> None:
    now = [0.0]
    overload = Overload(TARGET, lambda: 0, lambda: now[0])
    first, second = overload.probe_sent(), overload.probe_sent()
    now[0] = 1.0
    assert (first, overload.wait().seconds) == (1, 1.0)

    third = overload.probe_sent()
    overload.probes_lost()
    assert overload.wait().seconds == 0.0

    overload.probe_began(second)
    assert (third, overload.wait().seconds) == (3, 0.0)
