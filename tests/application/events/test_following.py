"""A subscriber is told everything that it wants after its position, in order, and where it has got to."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from linkedaccounts.application.events.follow_events import LOOK_SECONDS, PAGE, SIGN_OF_LIFE_SECONDS, EventFeed
from linkedaccounts.application.events.ports import Extent, Placed
from linkedaccounts.application.events.wanted import MOST_ACCOUNTS, Wanted
from linkedaccounts.application.refusals import Exhausted, InvalidRequest, NotAsThingsStand, Refusal, Stopping
from linkedaccounts.domain.events import Event, EventKind, StatusChanged
from tests.application.events.happenings import AT, one_of


@dataclass
class ListedEvents:
    """A log in memory, of events that concern one account each."""

    removed: int = 0
    events: list[Placed] = field(default_factory=list)
    looks: int = 0
    most_read: int = 0

    def tell(self, *accounts: str) -> None:
        for account in accounts:
            event = Event(account, AT, StatusChanged(account, "US", None, "active"))
            self.events.append(Placed(len(self.events) + 1, event))

    def extent(self) -> Extent:
        self.looks += 1
        return Extent(self.removed, len(self.events))

    def after(self, position: int, most: int) -> Sequence[Placed]:
        page = self.events[max(position, self.removed) :][:most]
        self.most_read = max(self.most_read, len(page))
        return page


@dataclass
class Count:
    subscribers: int = 0


async def at_once(work: Callable[..., Any], *given: Any) -> Any:
    return work(*given)


@pytest.fixture
def log() -> ListedEvents:
    return ListedEvents()


@pytest.fixture
def feed(log: ListedEvents) -> EventFeed:
    """Its clock stands still, so that a second look is taken only where a position is begun at."""
    return EventFeed(log, 2, Count(), at_once, lambda: 0.0)


Following = AsyncGenerator[tuple[int, Placed | None], None]


async def given(following: Following, number: int) -> list[tuple[int, str]]:
    """So many of what is given: positions, each with the account of its event, empty for a sign of life."""
    found = []
    async with aclosing(following):
        async for position, placed in following:
            found.append((position, placed.event.seller if placed else ""))
            if len(found) == number:
                break
    return found


async def refusal(following: Following) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await given(following, 1)
    return refused.value


async def test_everything_after_a_position_is_given_in_order(log: ListedEvents, feed: EventFeed) -> None:
    log.tell("a", "b", "c", "d")

    assert await given(feed.follow(Wanted(after=2)), 3) == [(2, ""), (3, "c"), (4, "d")]
    assert await given(feed.follow(Wanted()), 5) == [(0, ""), (1, "a"), (2, "b"), (3, "c"), (4, "d")]


async def test_from_now_on_says_first_where_now_is(log: ListedEvents) -> None:
    ticks = count()
    feed = EventFeed(log, 1, Count(), at_once, lambda: float(next(ticks)))
    log.tell("a", "b")
    following = feed.follow(Wanted(from_now=True))
    assert await anext(following) == (2, None)
    log.tell("c")

    assert await given(following, 1) == [(3, "c")]


async def test_only_what_is_wanted_is_given(log: ListedEvents, feed: EventFeed) -> None:
    log.tell("a", "b", "a", "c")
    log.events.append(Placed(5, one_of(EventKind.POLICY_CHANGED)))

    assert await given(feed.follow(Wanted(accounts=("a", "c"))), 4) == [(0, ""), (1, "a"), (3, "a"), (4, "c")]
    assert await given(feed.follow(Wanted(kinds=("policy_changed",))), 2) == [(0, ""), (5, "")]


async def test_a_sign_of_life_says_how_far_it_looked_though_nothing_was_wanted(log: ListedEvents) -> None:
    log.tell("a", "b", "c")
    ticks = count(step=int(SIGN_OF_LIFE_SECONDS))
    feed = EventFeed(log, 1, Count(), at_once, lambda: float(next(ticks)))

    assert await given(feed.follow(Wanted(accounts=("nobody",))), 2) == [(0, ""), (3, "")]


async def test_who_reads_slowly_has_no_more_than_a_page_in_memory(log: ListedEvents, feed: EventFeed) -> None:
    log.tell(*(str(number) for number in range(5 * PAGE)))
    following = feed.follow(Wanted())
    for _ in range(3):
        await anext(following)

    assert log.most_read == PAGE
    assert await given(following, 4 * PAGE) == [(number + 1, str(number)) for number in range(2, 4 * PAGE + 2)]


async def test_all_subscribers_share_one_look_for_newer_events(log: ListedEvents) -> None:
    now = 0.0
    feed = EventFeed(log, 20, Count(), at_once, lambda: now)
    followings = [feed.follow(Wanted()) for _ in range(20)]
    for following in followings:
        await anext(following)
    log.looks, now = 0, LOOK_SECONDS
    log.tell("a")

    assert [await anext(following) for following in followings] == [(1, log.events[0])] * 20
    assert log.looks == 1


async def test_a_position_that_nothing_has_is_refused_where_a_database_is_not_the_one_before(
    log: ListedEvents, feed: EventFeed
) -> None:
    log.tell("a")
    refused = await refusal(feed.follow(Wanted(after=2)))

    assert isinstance(refused, NotAsThingsStand)
    assert (refused.reason, refused.values) == ("POSITION_NOT_REACHED", {"position": "2", "newest": "1"})


async def test_who_would_miss_what_was_removed_is_told_so(log: ListedEvents, feed: EventFeed) -> None:
    log.tell("a", "b", "c", "d")
    log.removed = 3
    refused = await refusal(feed.follow(Wanted(after=2)))

    assert (refused.reason, refused.values) == ("EVENTS_REMOVED", {"removed": "3"})
    assert await given(feed.follow(Wanted(after=3)), 2) == [(3, ""), (4, "d")]
    assert await given(feed.follow(Wanted()), 2) == [(3, ""), (4, "d")]


async def test_what_is_removed_before_a_slow_subscriber_reads_it_ends_the_stream(
    log: ListedEvents, feed: EventFeed
) -> None:
    log.tell(*(str(number) for number in range(2 * PAGE)))
    following = feed.follow(Wanted())
    await anext(following)
    await anext(following)
    log.removed = PAGE + 1

    with pytest.raises(NotAsThingsStand, match="taken away"):
        await given(following, 2 * PAGE)


async def test_a_stop_ends_the_stream_after_what_was_being_given(log: ListedEvents, feed: EventFeed) -> None:
    log.tell("a", "b")
    following = feed.follow(Wanted())
    await anext(following)
    feed.stop()

    assert [position async for position, _ in _until(following, Stopping)] == [1, 2]
    with pytest.raises(Stopping), feed.place():
        pass


async def _until(following: Following, end: type[Exception]) -> Following:
    try:
        async for each in following:
            yield each
    except end:
        return


async def test_there_are_so_many_places_and_one_that_is_left_is_free_again(feed: EventFeed) -> None:
    with feed.place():
        with feed.place(), pytest.raises(Exhausted) as refused, feed.place():
            pass
        with feed.place():
            pass

    assert (refused.value.reason, refused.value.retry_after) == ("TOO_MANY_SUBSCRIBERS", 5.0)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(after=-1), ("after_position", "POSITION_INVALID")),
        (Wanted(after=1, from_now=True), ("after_position", "POSITION_INVALID")),
        (Wanted(kinds=("linked", "99")), ("kinds[1]", "EVENT_KIND_UNKNOWN")),
        (Wanted(accounts=("a",) * (MOST_ACCOUNTS + 1)), ("account_ids", "TOO_MANY_ACCOUNTS_WATCHED")),
    ],
    ids=["negative", "a position and from now", "no kind", "too many accounts"],
)
async def test_what_cannot_be_asked_for_is_named(feed: EventFeed, wanted: Wanted, expected: tuple[str, str]) -> None:
    refused = await refusal(feed.follow(wanted))

    assert isinstance(refused, InvalidRequest)
    assert [(problem.field, problem.reason) for problem in refused.problems] == [expected]
