"""Events stand in one order without gaps, whatever order transactions commit in, and stay until they are old."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event as Signal

import pytest

from linkedaccounts.application.events.ports import Extent, Placed
from linkedaccounts.application.storage_port import Writing
from linkedaccounts.domain.events import HAPPENINGS, Event, EventKind, StatusChanged
from linkedaccounts.domain.sessions import Attempts
from linkedaccounts.storage.event_log import NUMBERED_AT_ONCE, SqlCursor, SqlEventLog
from linkedaccounts.storage.event_removal import remove_events, unpublished
from linkedaccounts.storage.event_rows import write_events
from linkedaccounts.storage.opening import StorageUnreachable
from linkedaccounts.storage.sql_storage import WRITES, SqlStorage
from tests.application.events.happenings import one_of
from tests.storage.databases import Database

NOW = datetime(2019, 9, 30, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def event(seller: str, number: int = 0, at: datetime = NOW) -> Event:
    return Event(seller, at, StatusChanged(seller, "US", None, str(number)))


def telling(*events: Event) -> Callable[[Writing], None]:
    def tell(tx: Writing) -> None:
        for one in events:
            tx.tell(one)

    return tell


def told(log: SqlEventLog, after: int = 0) -> list[Placed]:
    """All that there is after a position, read in small pages."""
    found: list[Placed] = []
    newest = log.extent().newest
    while after < newest:
        found += log.after(after, 7)
        after = found[-1].position
    return found


def sellers(log: SqlEventLog) -> list[str]:
    return [placed.event.seller for placed in told(log)]


@pytest.fixture
def log(storage: SqlStorage) -> SqlEventLog:
    return SqlEventLog(storage)


@pytest.mark.parametrize("kind", EventKind, ids=lambda kind: kind.value)
def test_what_is_told_is_read_as_it_was_told(storage: SqlStorage, log: SqlEventLog, kind: EventKind) -> None:
    one = one_of(kind)
    storage.write(telling(one))

    assert told(log) == [Placed(1, one)]
    assert HAPPENINGS[kind] is type(one.what)


def test_positions_have_no_gaps_where_ids_have_some(storage: SqlStorage, log: SqlEventLog) -> None:
    def in_vain(tx: Writing) -> None:
        tx.tell(event("lost"))
        raise InterruptedError

    for seller in ("a", "b", "c"):
        storage.write(telling(event(seller)))
        with pytest.raises(InterruptedError):
            storage.write(in_vain)

    assert [(placed.position, placed.event.seller) for placed in told(log)] == [(1, "a"), (2, "b"), (3, "c")]


def test_who_reads_on_from_a_position_gets_exactly_the_rest(storage: SqlStorage, log: SqlEventLog) -> None:
    storage.write(telling(*(event("a", number) for number in range(30))))
    everything = told(log)

    assert [told(log, after) for after in range(31)] == [everything[after:] for after in range(31)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_transaction_that_commits_after_a_later_ones_event_was_read_is_not_missed(database: Database) -> None:
    first, second = database.open(), database.open()
    written, may_commit = Signal(), Signal()
    log = SqlEventLog(second)

    def slow(tx: Writing) -> None:
        tx.tell(event("slow"))
        written.set()
        assert may_commit.wait(30)

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(first.write, slow)
        assert written.wait(30)
        second.write(telling(event("quick")))  # its id is the higher one, and it is committed first
        before = sellers(log)
        may_commit.set()
        writing.result()

    assert before == ["quick"]
    assert [(placed.position, placed.event.seller) for placed in told(log, 1)] == [(2, "slow")]
    first.close()
    second.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_sqlite_a_transaction_that_writes_is_over_before_another_ones_event_is_written(database: Database) -> None:
    first, second = database.open(), database.open()
    written, may_commit, order = Signal(), Signal(), []

    def slow(tx: Writing) -> None:
        tx.tell(event("slow"))
        written.set()
        assert may_commit.wait(30)
        order.append("slow")

    def quick(tx: Writing) -> None:
        order.append("quick")
        tx.tell(event("quick"))

    with ThreadPoolExecutor(2) as threads:
        works = [threads.submit(first.write, slow)]
        assert written.wait(30)
        works.append(threads.submit(second.write, quick))
        may_commit.set()
        for work in works:
            work.result()

    assert sellers(SqlEventLog(second)) == order == ["slow", "quick"]
    first.close()
    second.close()


def test_each_sellers_events_stand_in_the_order_of_its_changes_though_eight_threads_write_and_two_read(
    database: Database,
) -> None:
    storages = [database.open() for _ in range(4)]

    def change(number: int) -> None:
        """Counts a seller's changes in the seller's own row, so that each follows from the one before."""
        seller = f"seller {number % 3}"

        def work(tx: Writing) -> None:
            attempts = tx.attempts(seller)
            count = attempts.count + 1 if attempts else 1
            tx.tell(event(seller, count))
            tx.set_attempts(seller, Attempts(count, NOW))

        storages[number % 4].write(work)

    def read(storage: SqlStorage) -> list[Placed]:
        log, found = SqlEventLog(storage), list[Placed]()
        while len(found) < 60:
            found += log.after(len(found), 5) if log.extent().newest > len(found) else []
        return found

    with ThreadPoolExecutor(10) as threads:
        readers = [threads.submit(read, storage) for storage in storages[:2]]
        list(threads.map(change, range(60)))
        seen = [reader.result() for reader in readers]

    assert seen[0] == seen[1] == told(SqlEventLog(storages[3]))
    assert [placed.position for placed in seen[0]] == list(range(1, 61))
    for seller in ("seller 0", "seller 1", "seller 2"):
        counts = [p.event.what.status for p in seen[0] if p.event.seller == seller]  # type: ignore[union-attr]
        assert counts == [str(count) for count in range(1, 21)]
    for storage in storages:
        storage.close()


def test_many_events_are_given_their_positions_some_at_a_time(storage: SqlStorage, log: SqlEventLog) -> None:
    many = [event(f"{number}") for number in range(NUMBERED_AT_ONCE + 2)]
    storage.write_by(lambda connection: write_events(connection, many), WRITES)

    assert log.extent() == Extent(0, len(many))
    assert [p.event.seller for p in log.after(NUMBERED_AT_ONCE - 1, 9)] == [e.seller for e in many[-3:]]


def test_one_at_a_time_holds_the_cursor_until_it_lets_go_or_is_late(storage: SqlStorage) -> None:
    cursor = SqlCursor(storage)

    assert cursor.take("one", NOW, NOW + HOUR) == 0
    assert cursor.take("two", NOW, NOW + HOUR) is None
    assert cursor.move("one", 3, NOW + HOUR)
    assert cursor.take("one", NOW, NOW + HOUR) == 3
    assert cursor.take("two", NOW + HOUR, NOW + 2 * HOUR) == 3
    assert not cursor.move("one", 4, NOW + 3 * HOUR)
    cursor.release("one")
    assert cursor.take("one", NOW + HOUR, NOW + 2 * HOUR) is None
    cursor.release("two")
    assert cursor.take("one", NOW + HOUR, NOW + 2 * HOUR) == 3


def test_of_two_who_would_hold_the_cursor_at_once_one_does(database: Database) -> None:
    storages = [database.open(), database.open()]
    with ThreadPoolExecutor(2) as threads:
        taken = list(threads.map(lambda s: SqlCursor(s).take(str(id(s)), NOW, NOW + HOUR), storages))

    assert sorted(taken, key=str) == [0, None]
    for storage in storages:
        storage.close()


def test_old_events_go_and_those_that_stay_keep_their_positions(
    database: Database, storage: SqlStorage, log: SqlEventLog
) -> None:
    times = [NOW, NOW + HOUR, NOW + 3 * HOUR, NOW]  # the last one is old too, and stays behind one that is not
    storage.write(telling(*(event(str(number), at=at) for number, at in enumerate(times))))

    assert list(remove_events(database.owner_url, NOW + 2 * HOUR)) == [2]
    assert list(remove_events(database.owner_url, NOW + 2 * HOUR)) == []

    assert log.extent() == Extent(2, 4)
    assert [placed.position for placed in log.after(0, 10)] == [3, 4]
    storage.write(telling(event("next")))
    assert log.extent() == Extent(2, 5)


def test_positions_go_on_after_every_event_is_gone(database: Database, storage: SqlStorage, log: SqlEventLog) -> None:
    storage.write(telling(event("a"), event("b")))
    assert sum(remove_events(database.owner_url, NOW + HOUR)) == 2
    storage.write(telling(event("c")))

    assert [(placed.position, placed.event.seller) for placed in told(log, 2)] == [(3, "c")]


def test_what_a_broker_lacks_is_not_removed(database: Database, storage: SqlStorage, log: SqlEventLog) -> None:
    storage.write(telling(event("a"), event("b"), event("c")))
    assert log.extent().newest == 3
    SqlCursor(storage).take("one", NOW, NOW + HOUR)
    SqlCursor(storage).move("one", 1, NOW + HOUR)

    assert sum(remove_events(database.owner_url, NOW + HOUR)) == 1
    assert [placed.event.seller for placed in log.after(0, 10)] == ["b", "c"]
    with database.owning() as connection:
        assert unpublished(connection) == 2


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_services_own_role_removes_nothing(database: Database, storage: SqlStorage) -> None:
    storage.write(telling(event("a")))

    with pytest.raises(StorageUnreachable, match="permission denied"):
        list(remove_events(database.url, NOW + HOUR))
