"""All at once or not at all; one state of everything; done again where others came between; honest when lost."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from sqlalchemy.event import listen

from linkedaccounts.application.refusals import TryAgain
from linkedaccounts.application.storage_port import Reading, Writing
from linkedaccounts.domain.sessions import Attempts
from linkedaccounts.storage.retrying import Patience
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.storage.databases import Database
from tests.storage.postgresql_server import PostgresqlServer
from tests.storage.sample import ANN, NOW, account, entry, filled

HASTE = Patience(seconds=0.2, first_pause=0.001, longest_pause=0.002, retry_after=3)


ON_A_SERVER = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""What does not arise on SQLite: whoever writes there is never late, only waits, and there is no server to lose."""


class NoGood(Exception):
    """What a piece of work raises."""


def count(reading: Reading) -> int:
    kept = reading.attempts("key")
    return kept.count if kept else 0


def one_more(writing: Writing) -> int:
    number = count(writing) + 1
    writing.set_attempts("key", Attempts(number, NOW))
    return number


def test_what_raises_leaves_nothing_written(storage: SqlStorage) -> None:
    def half(writing: Writing) -> None:
        writing.add_account(account("a"), NOW)
        writing.append_audit(entry())
        raise NoGood

    with pytest.raises(NoGood):
        storage.write(half)

    assert storage.read(lambda reading: reading.accounts(["a"])) == []
    storage.write(lambda writing: writing.append_audit(entry()))


def test_what_is_written_is_there_for_who_opens_it_later(database: Database) -> None:
    first = filled(database.open())
    first.close()

    second = database.open()

    assert second.read(lambda reading: reading.user("ann")) == ANN
    second.close()


def test_reading_sees_one_state_whatever_is_written_meanwhile(database: Database) -> None:
    reader, writer = database.open(), database.open()
    filled(writer)

    def look_twice(reading: Reading) -> tuple[int, int]:
        before = count(reading)
        writer.write(one_more)
        return before, count(reading)

    assert reader.read(look_twice) == (0, 0)
    assert reader.read(count) == 1
    reader.close()
    writer.close()


def test_work_is_done_again_if_another_process_came_between(database: Database) -> None:
    """On SQLite the second one waits for its turn instead, so that the first one finds nothing changed."""
    ours, theirs = database.open(), database.open()
    seen: list[int] = []
    others = Thread(target=lambda: theirs.write(one_more))

    def interrupted(writing: Writing) -> int:
        seen.append(count(writing))
        if len(seen) == 1:
            others.start()
            if database.kind == "postgresql":
                others.join()
        return one_more(writing)

    ours.write(interrupted)
    others.join()

    assert seen == ([0, 1] if database.kind == "postgresql" else [0])
    assert ours.read(count) == 2
    ours.close()
    theirs.close()


@ON_A_SERVER
def test_who_is_kept_from_writing_for_too_long_is_told_when_to_try_again(database: Database) -> None:
    storage, others = database.open(patience=HASTE), database.open()

    def always_late(writing: Writing) -> None:
        count(writing)
        others.write(one_more)
        one_more(writing)

    with pytest.raises(TryAgain) as told:
        storage.write(always_late)

    assert told.value.retry_after == 3
    storage.close()
    others.close()


def test_a_thread_does_not_wait_for_its_turn_for_ever(database: Database) -> None:
    storage = database.open(patience=HASTE)
    writes, may_end = Event(), Event()

    def slowly(_writing: Writing) -> None:
        writes.set()
        may_end.wait()

    slow = Thread(target=lambda: storage.write(slowly))
    slow.start()
    writes.wait()
    with pytest.raises(TryAgain):
        storage.write(one_more)
    may_end.set()
    slow.join()

    assert storage.write(one_more) == 1
    storage.close()


@ON_A_SERVER
def test_a_restart_of_the_server_is_not_noticed(database: Database, postgresql: PostgresqlServer) -> None:
    storage = database.open()
    storage.write(one_more)
    postgresql.crash()
    postgresql.start()

    assert storage.read(count) == 1
    assert storage.write(one_more) == 2
    storage.close()


@ON_A_SERVER
def test_a_server_that_restarts_during_the_work_makes_it_start_again(
    database: Database, postgresql: PostgresqlServer
) -> None:
    warnings: list[str] = []
    storage = database.open(warn=lambda event, **_: warnings.append(event))
    tries: list[int] = []

    def interrupted(writing: Writing) -> int:
        tries.append(one_more(writing))
        if len(tries) == 1:
            postgresql.crash()
            postgresql.start()
        return one_more(writing)

    assert storage.write(interrupted) == 2
    assert tries == [1, 1]
    assert warnings == ["database_unreachable"]
    storage.close()


@ON_A_SERVER
def test_a_server_that_is_gone_is_reported_and_the_caller_told_to_try_again(
    database: Database, postgresql: PostgresqlServer
) -> None:
    warnings: list[str] = []
    storage = database.open(warn=lambda event, **_: warnings.append(event))
    postgresql.stop()
    try:
        with pytest.raises(TryAgain) as not_written:
            storage.write(one_more)
        with pytest.raises(TryAgain) as not_read:
            storage.read(count)
    finally:
        postgresql.start()

    assert {not_written.value.reason, not_read.value.reason} == {"STORAGE_UNREACHABLE"}
    assert set(warnings) == {"database_unreachable"}
    assert storage.write(one_more) == 1
    storage.close()


@ON_A_SERVER
def test_who_wrote_when_the_connection_was_lost_at_the_commit_is_told_to_try_again_and_nothing_is_repeated(
    database: Database, postgresql: PostgresqlServer
) -> None:
    warnings: list[str] = []
    tries: list[int] = []
    storage = database.open(warn=lambda event, **_: warnings.append(event))
    storage.write(one_more)
    listen(storage._engine, "commit", lambda _connection: postgresql.crash(), once=True)
    try:
        with pytest.raises(TryAgain) as told:
            storage.write(lambda writing: tries.append(one_more(writing)))
    finally:
        postgresql.start()

    assert told.value.reason == "STORAGE_UNREACHABLE"
    assert (tries, warnings) == ([2], ["database_lost_at_commit"])
    assert storage.read(count) in {1, 2}
    storage.close()
