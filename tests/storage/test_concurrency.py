"""Two storages on one database, many threads: everything ends as if one had come after the other."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest

from linkedaccounts.application.storage_port import Reading, Writing
from linkedaccounts.domain.accounts import Account
from linkedaccounts.domain.sessions import Attempts
from linkedaccounts.storage.audit_trail import verify
from linkedaccounts.storage.retrying import Patience
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.storage.databases import Database
from tests.storage.sample import DAY, NOW, entry, filled

NAMES = [f"a{number:02}" for number in range(24)]
PATIENT = Patience(seconds=60)


@pytest.fixture
def pair(database: Database) -> Iterator[tuple[SqlStorage, SqlStorage]]:
    both = database.open(patience=PATIENT), database.open(patience=PATIENT)
    filled(both[0], NAMES)
    yield both
    for one in both:
        one.close()


def at_once(pair: tuple[SqlStorage, SqlStorage], works: list[Callable[[Writing], object]]) -> None:
    """Does all works on eight threads, by turns through either storage."""
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda one: one[0].write(one[1]), zip(cycle(pair), works, strict=False)))


def linking(first: str, second: str) -> Callable[[Writing], None]:
    """What the use case does: whatever groups the two are in become one."""

    def link(writing: Writing) -> None:
        accounts = writing.accounts([first, second])
        groups = sorted({account.group for account in accounts if account.group})
        group = groups[0] if groups else f"g-{first}"
        for account in accounts:
            if account.group is None:
                writing.link(account.id, group, DAY, NOW)
        for other in groups[1:]:
            writing.merge(other, group, NOW)
        writing.append_audit(entry(f"{first}-{second}"))

    return link


def merging(group: str, into: str) -> Callable[[Writing], None]:
    return lambda writing: writing.merge(group, into, NOW)


def every(reading: Reading) -> list[Account]:
    return reading.accounts(NAMES)


def test_no_change_is_lost(pair: tuple[SqlStorage, SqlStorage]) -> None:
    def one_more(writing: Writing) -> None:
        kept = writing.attempts("key")
        writing.set_attempts("key", Attempts(kept.count + 1 if kept else 1, NOW))

    at_once(pair, [one_more] * 100)

    kept = pair[1].read(lambda reading: reading.attempts("key"))
    assert kept == Attempts(100, NOW)


def test_overlapping_links_end_in_the_groups_that_they_state(pair: tuple[SqlStorage, SqlStorage]) -> None:
    chance = random.Random(7)
    pairs = [(NAMES[index], NAMES[index + 1]) for index in range(len(NAMES) - 1) if index % 6 != 5]
    chance.shuffle(pairs)

    at_once(pair, [linking(*(names if chance.random() < 0.5 else names[::-1])) for names in pairs * 2])

    accounts = pair[0].read(every)
    together = [{account.group for account in accounts[start : start + 6]} for start in range(0, len(NAMES), 6)]
    assert [len(groups) for groups in together] == [1, 1, 1, 1]
    assert None not in set.union(*together)
    assert len(set.union(*together)) == 4
    members = pair[0].read(lambda reading: reading.accounts_in([group for group in set.union(*together) if group]))
    assert [account.id for account in members] == NAMES


def test_every_attempt_is_in_the_chain_once(pair: tuple[SqlStorage, SqlStorage], database: Database) -> None:
    at_once(pair, [linking(name, name) for name in NAMES * 2])

    with database.owning() as connection:
        assert verify(connection).position == 2 * len(NAMES)


def test_merges_in_opposite_directions_make_no_circle(pair: tuple[SqlStorage, SqlStorage]) -> None:
    groups = [f"g{number}" for number in range(len(NAMES))]

    def put(writing: Writing) -> None:
        for name, group in zip(NAMES, groups, strict=True):
            writing.link(name, group, DAY, NOW)

    pair[0].write(put)
    ring = [*zip(groups, [*groups[1:], groups[0]], strict=True)]
    both_ways = [*ring, *((into, group) for group, into in ring)]
    random.Random(11).shuffle(both_ways)

    at_once(pair, [merging(*both) for both in both_ways])

    assert len({account.group for account in pair[1].read(every)}) == 1


def test_one_of_two_who_add_the_same_finds_what_the_other_added(pair: tuple[SqlStorage, SqlStorage]) -> None:
    added: list[bool] = []

    def link_once(writing: Writing) -> None:
        is_free = writing.accounts(["a00"])[0].group is None
        if is_free:
            writing.link("a00", "g", DAY, NOW)
        added.append(is_free)

    at_once(pair, [link_once] * 16)

    assert pair[0].read(every)[0].group == "g"


def test_readers_never_see_half_of_a_change(pair: tuple[SqlStorage, SqlStorage]) -> None:
    def link_two(first: str, second: str) -> Callable[[Writing], None]:
        def link(writing: Writing) -> None:
            writing.link(first, f"g-{first}", DAY, NOW)
            writing.link(second, f"g-{first}", DAY, NOW)

        return link

    halves: list[int] = []

    def look(_number: int) -> None:
        halves.append(sum(account.group is not None for account in pair[1].read(every)) % 2)

    with ThreadPoolExecutor(4) as readers:
        looking = readers.map(look, range(60))
        at_once(pair, [link_two(*names) for names in zip(NAMES[::2], NAMES[1::2], strict=True)])
        list(looking)

    assert set(halves) == {0}
