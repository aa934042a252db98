"""A search for the highest rate, on limits that are drawn: no service, no clock."""

from __future__ import annotations

import math
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.loadtest.searching import Answer, Limit, Range, find_limit

RATES = st.floats(0.01, 1e6)
PRECISIONS = st.floats(0.001, 0.5)


class Service:
    """Holds up to ``limit``; ``says`` what a try finds, which may be something else. Remembers what was tried."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.tried: list[tuple[float, Answer]] = []

    async def attempt(self, rate: float) -> Answer:
        answer = self.says(rate)
        self.tried.append((rate, answer))
        return answer

    def says(self, rate: float) -> Answer:
        return Answer.HELD if rate <= self.limit else Answer.FAILED

    def searched(self, within: Range) -> Limit:
        try:
            find_limit(self.attempt, within).send(None)
        except StopIteration as done:
            found: Limit = done.value
            return found
        raise AssertionError("nothing here has to wait")


@given(limit=RATES, lowest=RATES, precision=PRECISIONS)
def test_the_limit_lies_between_what_held_and_what_failed_as_closely_as_asked(
    limit: float, lowest: float, precision: float
) -> None:
    service = Service(limit)
    found = service.searched(Range(lowest, precision=precision))

    if limit < lowest:
        assert found == Limit(None, lowest)
    else:
        assert found.held is not None
        assert found.failed is not None
        assert found.held <= limit < found.failed
        assert found.failed - found.held <= precision * found.held
    doublings = max(0, math.log2(limit / lowest)) + 2
    assert len({rate for rate, _ in service.tried}) <= doublings + math.log2(1 / precision) + 1


@given(limit=RATES, lowest=RATES, alarms=st.lists(st.booleans()))
def test_false_alarms_that_do_not_come_twice_in_a_row_change_nothing(
    limit: float, lowest: float, alarms: list[bool]
) -> None:
    class Noisy(Service):
        alarmed = False

        def says(self, rate: float) -> Answer:
            self.alarmed = not self.alarmed and bool(alarms) and alarms[len(self.tried) % len(alarms)]
            return Answer.FAILED if self.alarmed else super().says(rate)

    assert Noisy(limit).searched(Range(lowest)) == Service(limit).searched(Range(lowest))


@given(lowest=RATES, precision=PRECISIONS, said=st.lists(st.sampled_from([Answer.HELD, Answer.FAILED]), max_size=30))
def test_whatever_is_found_what_held_did_so_twice_and_so_did_what_failed(
    lowest: float, precision: float, said: list[Answer]
) -> None:
    class AtRandom(Service):
        def says(self, rate: float) -> Answer:
            return said[len(self.tried)] if len(self.tried) < len(said) else Answer.FAILED

    service = AtRandom(0)
    found = service.searched(Range(lowest, precision=precision))
    failures = Counter(rate for rate, answer in service.tried if answer is Answer.FAILED)

    assert found.held is None or service.tried.count((found.held, Answer.HELD)) == 2
    assert found.failed is not None
    assert failures[found.failed] >= 2
    assert (found.held or 0) < found.failed


def test_a_service_that_has_room_for_a_burst_only_does_not_pass() -> None:
    class Tires(Service):
        def says(self, rate: float) -> Answer:
            answer = super().says(rate)
            if answer is Answer.FAILED:
                self.limit = 60
            return answer

    found = Tires(450).searched(Range(25, precision=0.1))

    assert found.held is not None
    assert found.failed is not None
    assert found.held <= 60 < found.failed


@given(limit=RATES, lowest=RATES, times=st.floats(1, 100))
def test_no_rate_above_the_highest_is_tried(limit: float, lowest: float, times: float) -> None:
    service, highest = Service(limit), lowest * times
    found = service.searched(Range(lowest, highest))

    assert max(rate for rate, _ in service.tried) <= highest
    assert (found.failed is None) == (limit >= highest)
    assert found.failed is not None or found.held == highest


@given(limit=RATES, lowest=RATES, of_the_client=RATES)
def test_where_the_client_is_the_limit_the_search_ends_and_says_so(
    limit: float, lowest: float, of_the_client: float
) -> None:
    class Starves(Service):
        def says(self, rate: float) -> Answer:
            return super().says(rate) if rate <= of_the_client else Answer.INVALID

    service = Starves(limit)
    found = service.searched(Range(lowest))

    if found.untold is not None:
        assert service.tried[-2:] == [(found.untold, Answer.INVALID)] * 2
        assert found.held is None or found.held <= min(limit, of_the_client)
        assert found.untold > of_the_client
    else:
        assert all(answer is not Answer.INVALID for _, answer in service.tried)
