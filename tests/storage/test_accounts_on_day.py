"""The group that an account was in when a day began, whatever was linked and merged since, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

import pytest

from linkedaccounts.application.storage_port import Writing
from linkedaccounts.storage.accounts_on_day import accounts_on
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.storage.sample import DAY, account, filled

ACCOUNTS = "abcdef"
ALONE = {name: (None, name) for name in ACCOUNTS}
Grouped = Mapping[str, tuple[str | None, str]]


@pytest.fixture
def grown(storage: SqlStorage) -> SqlStorage:
    """Three pairs: two linked on day 0 and one on day 1; merged on day 2, and all of them on day 3."""

    def grow(writing: Writing) -> None:
        for name, group, day in (
            ("a", "1", 0),
            ("b", "1", 0),
            ("c", "2", 0),
            ("d", "2", 0),
            ("e", "3", 1),
            ("f", "3", 1),
        ):
            writing.link(name, group, DAY + timedelta(days=day), _at(day))
        writing.merge("1", "2", _at(2))
        writing.merge("2", "3", _at(3))

    filled(storage, ACCOUNTS).write(grow)
    return storage


@pytest.mark.parametrize(
    ("day", "groups"),
    [
        (0, ALONE),
        (1, {**ALONE, "a": ("1", "ab"), "b": ("1", "ab"), "c": ("2", "cd"), "d": ("2", "cd")}),
        (
            2,
            {
                "a": ("1", "ab"),
                "b": ("1", "ab"),
                "c": ("2", "cd"),
                "d": ("2", "cd"),
                "e": ("3", "ef"),
                "f": ("3", "ef"),
            },
        ),
        (3, {**dict.fromkeys("abcd", ("2", "abcd")), **dict.fromkeys("ef", ("3", "ef"))}),
        (4, dict.fromkeys("abcdef", ("3", "abcdef"))),
    ],
)
def test_what_happens_on_a_day_counts_from_the_next_on(grown: SqlStorage, day: int, groups: Grouped) -> None:
    assert _groups(grown, ACCOUNTS, day) == groups
    assert {name: _groups(grown, name, day)[name] for name in ACCOUNTS} == groups


def test_who_joins_a_group_on_the_day_is_not_in_it_yet(grown: SqlStorage) -> None:
    grown.write(lambda writing: writing.add_account(account("g"), _at(4)))
    grown.write(lambda writing: writing.link("g", "1", DAY + timedelta(days=4), _at(4)))

    assert _groups(grown, "ag", 4) == {**dict.fromkeys("abcdef", ("3", "abcdef")), "g": (None, "g")}
    assert _groups(grown, "ag", 5) == dict.fromkeys("abcdefg", ("3", "abcdefg"))


def _groups(storage: SqlStorage, asked: str, day: int) -> Grouped:
    """Of each account its group, and who is in it."""
    found = storage.read_by(lambda connection: accounts_on(connection, list(asked), DAY + timedelta(days=day)))
    return {
        name: (next(one.group for one in accounts if one.id == name), "".join(one.id for one in accounts))
        for name, accounts in found.items()
    }


def _at(day: int) -> datetime:
    return datetime.combine(DAY + timedelta(days=day), time(12), UTC)
