"""What is kept of policies in the data directory, and how the rules directory is told from what it was."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linkedaccounts.application.policies_port import Cause, Pin, Served, VersionNotKept
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.policy.read import read
from linkedaccounts.storage import policies_on_disk
from linkedaccounts.storage.policies_on_disk import PoliciesOnDisk
from linkedaccounts.storage.rules_directory import state_of
from tests.policy.rule_files import copy_of_rules, put, replace

MOMENT = datetime(2019, 9, 30, 12, 0, 0, 123, tzinfo=UTC)
PIN = Pin("one", MOMENT, "ops")


@pytest.fixture
def policies(tmp_path: Path) -> PoliciesOnDisk:
    return PoliciesOnDisk(tmp_path / "rules", tmp_path / "data" / "policies", load_policy)


def test_what_served_can_be_loaded_again_whatever_the_rules_are_now(tmp_path: Path, policies: PoliciesOnDisk) -> None:
    rules = copy_of_rules(tmp_path)
    first = policies.load_rules()
    replace(rules, "catalogue/stores.yaml", "fee: 19 BRL", "fee: 20 BRL")
    second = policies.load_rules()
    assert policies.versions() == (first.version, second.version)
    assert policies.load_version(first.version).files == first.files
    with pytest.raises(VersionNotKept, match="no policy of version 0000 is kept"):
        policies.load_version("0000")


def test_a_pin_is_there_until_it_is_taken_away(policies: PoliciesOnDisk) -> None:
    assert policies.pin() is None
    policies.put_pin(PIN)
    assert policies.pin() == PIN
    for _ in range(2):
        policies.put_pin(None)
        assert policies.pin() is None


def test_a_pin_that_cannot_be_read_is_a_problem_and_not_no_pin(tmp_path: Path, policies: PoliciesOnDisk) -> None:
    policies.put_pin(PIN)
    (tmp_path / "data" / "policies" / "pinned.json").write_text("{}", "utf-8")
    with pytest.raises(PolicyRejected, match="delete it to follow the rules directory"):
        policies.pin()


def test_the_history_is_kept_and_bounded(policies: PoliciesOnDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies_on_disk, "MOST_REMEMBERED", 3)
    assert policies.history() == ()
    served = [Served(str(number), MOMENT, Cause.ROLLBACK, "ops") for number in range(4)]
    for one in served:
        policies.note(one)
    assert policies.history() == tuple(served[1:])


@pytest.mark.parametrize(
    "touch",
    [
        lambda rules: put(rules, "fees/another.yaml", "x: 1"),
        lambda rules: (rules / "fees" / "notes.yaml").unlink(),
        lambda rules: (rules / "fees" / "notes.yaml").rename(rules / "fees" / "noted.yaml"),
        lambda rules: os.utime(rules / "fees" / "notes.yaml", (1, 1)),
    ],
    ids=["a new file", "a file deleted", "a file renamed", "a file saved"],
)
def test_a_touch_of_a_rule_file_is_seen(tmp_path: Path, touch: Callable[[Path], object]) -> None:
    rules = copy_of_rules(tmp_path)
    before = state_of(rules)
    put(rules, "notes.txt", "no rule file")
    put(rules, "fees/.notes.yaml.swp", "an editor's")
    assert state_of(rules) == before
    touch(rules)
    assert state_of(rules) != before


def swapped_by_rename(rules: Path, new: Path) -> None:
    rules.rename(rules.with_name("old"))
    new.rename(rules)


def swapped_by_link(rules: Path, new: Path) -> None:
    link = rules.with_name("link")
    link.symlink_to(new)
    link.replace(rules)


@pytest.mark.parametrize("by_link", [False, True])
def test_a_swap_of_the_whole_directory_is_seen_though_every_file_looks_alike(tmp_path: Path, by_link: bool) -> None:
    rules, first, second = (tmp_path / name for name in ("rules", "first", "second"))
    for directory in (first, second):
        put(directory, "fees/notes.yaml", "x: 1")
        os.utime(directory / "fees" / "notes.yaml", (1, 1))
    if by_link:
        rules.symlink_to(first)
    else:
        first.rename(rules)
    before = state_of(rules)
    (swapped_by_link if by_link else swapped_by_rename)(rules, second)
    assert state_of(rules) != before


def test_a_kubernetes_volume_is_read_once_and_its_swap_is_seen(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    for version in ("..1", "..2"):
        put(rules, f"{version}/fees/notes.yaml", "x: 1")
    data = rules / "..data"
    data.symlink_to("..1")
    (rules / "fees").symlink_to("..data/fees")
    files, problems = read(rules)
    assert ([file.path for file in files], problems) == (["fees/notes.yaml"], [])
    before = state_of(rules)
    new = rules / "..data_tmp"
    new.symlink_to("..2")
    new.replace(data)
    assert state_of(rules) != before


def test_links_that_lead_back_are_followed_once(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    put(rules, "fees/notes.yaml", "x: 1")
    (rules / "again").symlink_to(rules)
    (rules / "fees" / "again").symlink_to(rules / "fees")
    assert [file.path for file in read(rules)[0]] == ["fees/notes.yaml"]


def test_a_directory_that_is_not_there_has_a_state_too(tmp_path: Path) -> None:
    assert state_of(tmp_path / "none") == state_of(tmp_path / "none") != state_of(tmp_path)
