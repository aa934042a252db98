"""Users, accounts and the groups that they are linked in."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from linkedaccounts.application.storage_port import Writing
from linkedaccounts.domain.accounts import Account, Membership, Standing, User
from linkedaccounts.storage.faults import StorageFailed
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.storage.sample import ADMINISTRATOR, ANN, BOB, DAY, NOW, account, filled, linked


def groups(storage: SqlStorage, *names: str) -> dict[str, str | None]:
    return {found.id: found.group for found in storage.read(lambda reading: reading.accounts(names))}


def merge(storage: SqlStorage, *pairs: tuple[str, str]) -> None:
    def each(writing: Writing) -> None:
        for group, into in pairs:
            writing.merge(group, into, NOW)

    storage.write(each)


def test_a_user_is_found_by_id_and_by_email(storage: SqlStorage) -> None:
    filled(storage)

    assert storage.read(lambda reading: reading.user("ann")) == ANN
    assert storage.read(lambda reading: reading.user_by_email(BOB.email)) == BOB
    assert storage.read(lambda reading: reading.user("nobody")) is None
    assert storage.read(lambda reading: reading.user_by_email("nobody@example.com")) is None


def test_an_email_has_one_user(storage: SqlStorage) -> None:
    filled(storage)

    with pytest.raises(ValueError, match="a user with this e-mail"):
        storage.write(lambda writing: writing.add_user(User("another", ANN.email, "$argon2id$")))


def test_an_id_has_one_user_and_what_is_said_of_it_names_no_email(storage: SqlStorage) -> None:
    filled(storage)

    with pytest.raises(StorageFailed) as refused:
        storage.write(lambda writing: writing.add_user(User(ANN.id, "other@example.com", "$argon2id$")))
    assert "example" not in str(refused.value)


def test_memberships_come_by_account_and_user_and_keep_what_is_not_known(storage: SqlStorage) -> None:
    filled(storage, ["b", "a"])
    storage.write(lambda writing: writing.add_membership(Membership("bob", "a", Standing())))

    found = storage.read(lambda reading: reading.memberships({"bob", "ann", "nobody"}))

    assert found == [
        Membership("ann", "a", ADMINISTRATOR),
        Membership("bob", "a", Standing()),
        Membership("ann", "b", ADMINISTRATOR),
    ]


def test_accounts_come_by_store_and_id(storage: SqlStorage) -> None:
    kept = [account("z", "EU", None), account("b", "US"), account("a", "US", "suspended")]

    def add(writing: Writing) -> None:
        for one in reversed(kept):
            writing.add_account(one, NOW)

    storage.write(add)

    assert storage.read(lambda reading: reading.accounts({"z", "a", "b", "nothing"})) == [kept[0], kept[2], kept[1]]


def test_the_status_of_an_account_changes(storage: SqlStorage) -> None:
    filled(storage)

    storage.write(lambda writing: writing.set_status("a", "closed", NOW))

    assert [one.status for one in storage.read(lambda reading: reading.accounts(["a", "b"]))] == ["closed", "active"]
    with pytest.raises(LookupError, match="`accounts`"):
        storage.write(lambda writing: writing.set_status("nothing", "closed", NOW))


def test_linked_accounts_are_in_one_group_since_a_day(storage: SqlStorage) -> None:
    linked(filled(storage), {"a": "g", "b": "g"})

    expected = [Account(name, "US", "active", DAY, "g", DAY) for name in ("a", "b")]
    assert storage.read(lambda reading: reading.accounts_in(["g"])) == expected
    assert storage.read(lambda reading: reading.accounts(["b", "a", "c"])) == [*expected, account("c")]


def test_an_account_is_linked_once(storage: SqlStorage) -> None:
    linked(filled(storage), {"a": "g"})

    for group in ("g", "other"):
        with pytest.raises(StorageFailed):
            linked(storage, {"a": group})
    assert groups(storage, "a") == {"a": "g"}


def test_groups_that_merge_are_one_however_often(storage: SqlStorage) -> None:
    linked(filled(storage), {"a": "g1", "b": "g2", "c": "g3", "d": "g4"})

    merge(storage, ("g1", "g2"), ("g3", "g4"), ("g2", "g4"))

    assert groups(storage, "a", "b", "c", "d") == dict.fromkeys("abcd", "g4")
    for found in storage.read(lambda reading: [reading.accounts_in(asked) for asked in (["g4"], ["g1", "g3"])]):
        assert [(one.id, one.group) for one in found] == [(name, "g4") for name in "abcd"]


def test_merging_what_is_one_group_already_changes_nothing(storage: SqlStorage) -> None:
    linked(filled(storage), {"a": "g1", "b": "g2", "c": "g3"})

    merge(storage, ("g1", "g2"), ("g2", "g1"), ("g1", "g1"), ("g1", "g3"), ("g3", "g2"))

    assert groups(storage, "a", "b", "c") == dict.fromkeys("abc", "g3")


def test_a_merge_within_a_piece_of_work_is_seen_in_it(storage: SqlStorage) -> None:
    linked(filled(storage), {"a": "g1", "b": "g2"})

    def work(writing: Writing) -> list[Account]:
        writing.merge("g1", "g2", NOW)
        writing.link("c", "g1", DAY + timedelta(days=1), NOW)
        return writing.accounts_in(["g2"])

    assert [one.id for one in storage.write(work)] == ["a", "b", "c"]


def test_hundreds_of_groups_merged_one_into_the_next_are_one(storage: SqlStorage) -> None:
    names = [f"{number:04}" for number in range(300)]
    linked(filled(storage, names), {name: f"g{name}" for name in names})
    merge(storage, *[(f"g{one}", f"g{next_one}") for one, next_one in pairwise(names)])

    assert set(groups(storage, *names).values()) == {"g0299"}
    assert len(storage.read(lambda reading: reading.accounts_in(["g0150"]))) == 300


def test_nothing_is_found_of_nothing(storage: SqlStorage) -> None:
    filled(storage)

    assert storage.read(lambda reading: [reading.accounts([]), reading.accounts_in([]), reading.memberships([])]) == [
        [],
        [],
        [],
    ]
    assert storage.read(lambda reading: reading.accounts_in(["no such group"])) == []
