"""A broker gets every event at least once and in order, whatever fails, from one process at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from linkedaccounts.application.events.ports import BrokerUnreachable, Placed
from linkedaccounts.application.events.publish_events import (
    HELD_FOR,
    LONGEST_WAIT_SECONDS,
    LOOK_SECONDS,
    OTHERS_LOOK_SECONDS,
    PublishEvents,
)
from linkedaccounts.domain.events import Event, StatusChanged
from linkedaccounts.storage.event_log import SqlCursor, SqlEventLog
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.events.happenings import AT


@dataclass
class Counts:
    events: Counter[str] = field(default_factory=Counter)
    events_waiting: int = 0


@dataclass
class ListingBroker:
    """Keeps what it is sent; ``fails_at`` are positions at which it does not, once each."""

    sent: list[int] = field(default_factory=list)
    fails_at: set[int] = field(default_factory=set)
    closed: int = 0

    async def publish(self, placed: Placed) -> None:
        await asyncio.sleep(0)
        if placed.position in self.fails_at:
            self.fails_at.remove(placed.position)
            raise BrokerUnreachable("broker:4222: away")
        self.sent.append(placed.position)

    async def close(self) -> None:
        self.closed += 1


@dataclass
class Publishers:
    """Processes that publish from one database to one broker, by a clock that tests set."""

    storage: SqlStorage
    broker: ListingBroker = field(default_factory=ListingBroker)
    now: datetime = AT

    def one(self, holder: str = "one", broker: ListingBroker | None = None) -> PublishEvents:
        log, cursor = SqlEventLog(self.storage), SqlCursor(self.storage)
        return PublishEvents(log, cursor, broker or self.broker, holder, lambda: self.now, Counts(), _stop_here)

    def tell(self, number: int) -> None:
        for _ in range(number):
            event = Event("a", AT, StatusChanged("a", "US", None, "active"))
            self.storage.write(lambda tx: tx.tell(event))  # noqa: B023 - called at once


class Waited(Exception):
    """A process would wait by now, for so many seconds."""


async def _stop_here(seconds: float) -> None:
    raise Waited(seconds)


@pytest.fixture
def publishers(storage: SqlStorage) -> Publishers:
    return Publishers(storage)


async def waits(publisher: PublishEvents) -> float:
    """For how long a process waits after its next attempt."""
    return await publisher._step_or_wait()


async def test_all_are_published_in_order_and_then_what_comes(publishers: Publishers) -> None:
    publishers.tell(5)
    publisher = publishers.one()

    assert await publisher.step() == LOOK_SECONDS
    publishers.tell(2)
    assert await publisher.step() == LOOK_SECONDS

    assert publishers.broker.sent == [1, 2, 3, 4, 5, 6, 7]
    assert publisher.told.events == {"published": 7}
    assert publisher.told.events_waiting == 0


async def test_while_nothing_happens_nothing_is_written_until_half_of_its_time_is_over(publishers: Publishers) -> None:
    publishers.tell(1)
    publisher = publishers.one()
    taken: list[datetime] = []
    take = publisher.cursor.take

    def counted(holder: str, now: datetime, until: datetime) -> int | None:
        taken.append(now)
        return take(holder, now, until)

    publisher.cursor.take = counted  # type: ignore[method-assign]
    for _ in range(20):
        await publisher.step()
        publishers.now += HELD_FOR / 20

    assert taken == [AT, AT + HELD_FOR / 2]
    assert publishers.broker.sent == [1]


async def test_what_was_published_after_the_last_note_before_a_crash_is_published_again(publishers: Publishers) -> None:
    publishers.tell(5)
    crashed = publishers.one("crashed")

    def power_is_gone(*given: object) -> bool:
        raise SystemError

    crashed.cursor.move = power_is_gone  # type: ignore[method-assign, assignment]
    with pytest.raises(SystemError):
        await crashed.step()
    publishers.now += HELD_FOR
    await publishers.one("next").step()

    assert publishers.broker.sent == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]


async def test_after_a_failure_it_goes_on_with_the_event_that_failed(publishers: Publishers) -> None:
    publishers.tell(6)
    publishers.broker.fails_at = {4}
    publisher = publishers.one()

    with pytest.raises(BrokerUnreachable):
        await publisher.step()
    assert publisher.told.events_waiting == 6
    await publisher.step()

    assert publishers.broker.sent == [1, 2, 3, 4, 5, 6]


async def test_it_waits_longer_after_each_failure_and_lets_others_try(publishers: Publishers) -> None:
    publishers.tell(1)
    away = ListingBroker(fails_at={1})
    publisher = publishers.one(broker=away)
    waited = []
    for _ in range(8):
        away.fails_at = {1}
        waited.append(await waits(publisher))

    assert waited == [1, 2, 4, 8, 16, LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS]
    assert await publishers.one("two").step() == LOOK_SECONDS
    assert publishers.broker.sent == [1]


async def test_only_one_process_publishes_until_it_is_late(publishers: Publishers) -> None:
    publishers.tell(3)
    await publishers.one("one").step()
    publishers.tell(1)

    assert await publishers.one("two").step() == OTHERS_LOOK_SECONDS
    assert publishers.broker.sent == [1, 2, 3]
    publishers.now += HELD_FOR + timedelta(seconds=1)
    assert await publishers.one("two").step() == LOOK_SECONDS
    assert await publishers.one("one").step() == OTHERS_LOOK_SECONDS
    assert publishers.broker.sent == [1, 2, 3, 4]


async def test_who_was_overtaken_in_the_middle_stops_publishing(publishers: Publishers) -> None:
    publishers.tell(4)
    slow, overtaken = publishers.one("slow"), ListingBroker()

    async def publish(placed: Placed) -> None:
        if placed.position == 2:  # it stood still for long, and another one took over
            publishers.now += HELD_FOR + timedelta(seconds=1)
            await publishers.one("other", overtaken).step()
        publishers.broker.sent.append(placed.position)

    slow.broker.publish = publish  # type: ignore[method-assign]

    assert await slow.step() == OTHERS_LOOK_SECONDS
    assert publishers.broker.sent == [1, 2]
    assert overtaken.sent == [1, 2, 3, 4]


async def test_a_process_that_is_told_to_stop_lets_the_next_one_go_on_at_once(publishers: Publishers) -> None:
    publishers.tell(2)
    with pytest.raises(Waited):
        await publishers.one("one").run()
    publishers.tell(1)

    assert publishers.broker.closed == 1
    assert await publishers.one("two").step() == LOOK_SECONDS
    assert publishers.broker.sent == [1, 2, 3]


async def test_what_was_published_before_a_stop_in_the_middle_is_not_published_again(publishers: Publishers) -> None:
    publishers.tell(5)
    reached = asyncio.Event()

    @dataclass
    class Hanging(ListingBroker):
        async def publish(self, placed: Placed) -> None:
            if placed.position == 3:
                reached.set()
                await asyncio.Event().wait()
            await super().publish(placed)

    hanging = Hanging()
    running = asyncio.ensure_future(publishers.one("one", hanging).run())
    await reached.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await publishers.one("two").step()

    assert (hanging.sent, publishers.broker.sent) == ([1, 2], [3, 4, 5])
