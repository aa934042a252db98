from __future__ import annotations

from collections import deque
from itertools import repeat

import pytest

from linkedaccounts.loadtest.calls import Call
from linkedaccounts.loadtest.engine import Engine
from linkedaccounts.loadtest.latencies import together
from linkedaccounts.loadtest.loads import ClosedLoad, Load, OpenLoad
from linkedaccounts.loadtest.measurements import Measurements
from linkedaccounts.loadtest.stages import constant_arrivals, length, parse_stages
from tests.loadtest.http2 import a_call


class Service:
    """Takes every call, and answers each in the tick after it, but for the time of a stall; time is what it says."""

    def __init__(self, load: Load, stall: tuple[float, float] = (9.0, 9.0)) -> None:
        self.now = 0.0
        self.stall = stall
        self.measured = Measurements(0.0)
        self.calls: deque[Call] = deque()
        prepared = repeat(a_call().prepared)
        self.engine = Engine(load, prepared, self.measured, 5.0, lambda: False, lambda *_: None, lambda: self.now)
        self.engine.begin(self)

    @property
    def unfinished(self) -> int:
        return len(self.calls)

    def offer(self, call: Call) -> None:
        self.calls.append(call)

    def dispatch(self, fresh: int = 0) -> None:
        pass

    def expire(self, due_before: float) -> None:
        while self.calls and self.calls[0].due < due_before:
            self.engine.ended(self.calls.popleft(), "DEADLINE_EXCEEDED")

    def run(self, seconds: float) -> None:
        for tick in range(round(seconds * 1000)):
            self.now = tick / 1000
            if not self.stall[0] <= self.now < self.stall[1]:
                for _ in range(len(self.calls)):
                    self.engine.ended(self.calls.popleft(), "OK")
            self.engine.tick()

    def quantile(self, share: float) -> float:
        return together(second.latencies for second in self.measured.seconds.values()).quantile_ms(share)


def opened(text: str) -> OpenLoad:
    stages = parse_stages(text)
    return OpenLoad(constant_arrivals(stages), length(stages))


def test_an_open_load_counts_a_stall_for_every_call_that_waited() -> None:
    service = Service(opened("4s:100"), stall=(1.0, 1.5))
    service.run(5)
    second = service.measured.seconds[1]

    assert sum(each.due for each in service.measured.seconds.values()) == 400
    assert second.due == second.statuses["OK"] == 100
    assert second.latencies.quantile_ms(1) == pytest.approx(500, rel=0.01)
    # Half of that second's calls waited, evenly from nothing to all of the stall.
    assert second.latencies.quantile_ms(0.75) == pytest.approx(250, rel=0.05)
    assert service.measured.seconds[2].latencies.quantile_ms(1) == pytest.approx(1, rel=0.01)


def test_a_closed_load_waits_with_the_service_and_hardly_sees_the_stall() -> None:
    service = Service(ClosedLoad(parse_stages("4s:2")), stall=(1.0, 1.5))
    service.run(5)

    assert service.quantile(0.99) == pytest.approx(1, rel=0.01)
    assert service.quantile(1) == pytest.approx(500, rel=0.01)


def test_a_closed_load_has_as_many_calls_at_once_as_callers() -> None:
    service = Service(ClosedLoad(parse_stages("1s:5,1s:2")))
    at_once = []
    for tick in range(2500):
        service.now = tick / 1000
        if tick % 10 == 9:
            for _ in range(len(service.calls)):
                service.engine.ended(service.calls.popleft(), "OK")
        service.engine.tick()
        at_once.append(service.unfinished)

    assert (at_once[500], at_once[1500], at_once[-1]) == (5, 2, 0)


def test_a_call_without_an_answer_ends_after_the_timeout() -> None:
    service = Service(opened("1s:10"), stall=(0.0, 9.0))
    service.run(7)

    assert service.measured.seconds[0].statuses == {"DEADLINE_EXCEEDED": 10}
    assert service.measured.unexpected == 10
    assert service.measured.failed.quantile_ms(1) == pytest.approx(5000, rel=0.03)


def test_a_call_that_the_server_gives_up_after_the_timeout_has_exceeded_its_deadline() -> None:
    service = Service(opened("1s:2"))
    service.engine.tick()
    service.now = 1.0
    service.engine.ended(service.calls.popleft(), "CANCELLED")
    service.engine.tick()
    service.now = 5.5
    service.engine.ended(service.calls.popleft(), "CANCELLED")

    assert service.measured.seconds[0].statuses == {"CANCELLED": 1, "DEADLINE_EXCEEDED": 1}


def test_calls_that_this_client_sends_late_are_due_when_they_were_and_counted_as_late() -> None:
    service = Service(opened("1s:100"))
    service.engine.tick()
    service.now = 0.5
    service.engine.tick()

    assert service.measured.late == 49  # the last one is due now
    assert service.measured.stood_still == pytest.approx(0.5)
    assert [call.due for call in service.calls][:3] == pytest.approx([0, 0.01, 0.02])


def test_what_is_due_in_the_warm_up_is_in_no_figure() -> None:
    service = Service(opened("2s:100"))
    service.measured.begins = 1.0
    service.run(3)

    assert sum(each.due for each in service.measured.seconds.values()) == 100
    assert sum(each.quotes for each in service.measured.seconds.values()) == 100


async def test_every_whole_second_is_told_and_every_call_goes_out_the_last_ones_too() -> None:
    service = Service(opened("2s:10"))
    told: list[int] = []
    offered: list[float] = []

    def clock() -> float:
        service.now += 0.4
        return service.now

    service.engine.clock = clock
    service.offer = lambda call: offered.append(call.due)  # type: ignore[method-assign]
    await service.engine.run(told.append)

    assert told == [1, 2]
    assert len(offered) == 20
    assert 1.8 < max(offered) < 2.0
