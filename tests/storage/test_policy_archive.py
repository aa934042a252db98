"""What once served can be had again, byte for byte, and nothing else under its name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from linkedaccounts.application.keep_policy import PolicyNotKept
from linkedaccounts.policy.load import load_policy
from linkedaccounts.storage.policies_on_disk import PoliciesOnDisk
from linkedaccounts.storage.policy_archive import NotInArchive, PolicyArchive
from tests.policy.rule_files import copy_of_rules, put, replace


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*.yaml")}


def test_a_policy_is_kept_as_it_was_read_whatever_happens_to_its_files(tmp_path: Path) -> None:
    rules, archive = copy_of_rules(tmp_path), PolicyArchive(tmp_path / "policies")
    before = contents(rules)
    policy = load_policy(rules)
    put(rules, "fees/charging.yaml", "changed between the check and the keeping")
    place = archive.keep(policy)
    assert contents(place) == before
    assert archive.load(policy.version).version == policy.version
    assert archive.path(policy.version) == place == tmp_path / "policies" / policy.version


def test_of_two_directories_that_say_the_same_the_first_stays(tmp_path: Path) -> None:
    rules, archive = copy_of_rules(tmp_path), PolicyArchive(tmp_path / "policies")
    place = archive.keep(load_policy(rules))
    before = contents(place)
    replace(rules, "catalogue/currencies.yaml", "reporting_currency: USD", "reporting_currency:   USD")
    assert archive.keep(load_policy(rules)) == place
    assert contents(place) == before


def test_versions_are_told_in_the_order_in_which_they_were_kept(tmp_path: Path) -> None:
    rules, archive = copy_of_rules(tmp_path), PolicyArchive(tmp_path / "policies")
    assert archive.versions() == ()
    kept = [load_policy(rules)]
    replace(rules, "catalogue/stores.yaml", "fee: 19 BRL", "fee: 20 BRL")
    kept.append(load_policy(rules))
    for policy in (kept[1], kept[0], kept[1]):
        archive.keep(policy)
    assert archive.versions() == (kept[1].version, kept[0].version)


def test_many_may_keep_one_policy_at_once(tmp_path: Path) -> None:
    policy = load_policy(copy_of_rules(tmp_path))
    with ThreadPoolExecutor(8) as threads:
        places = list(threads.map(lambda _: PolicyArchive(tmp_path / "policies").keep(policy), range(8)))
    assert set(places) == set((tmp_path / "policies").iterdir())
    assert contents(places[0]) == {file.path: file.content for file in policy.files}


def test_files_that_were_changed_do_not_pass_for_the_version(tmp_path: Path) -> None:
    archive = PolicyArchive(tmp_path / "policies")
    policy = load_policy(copy_of_rules(tmp_path))
    replace(archive.keep(policy), "catalogue/stores.yaml", "fee: 19 BRL", "fee: 20 BRL")
    with pytest.raises(NotInArchive, match="were changed"):
        archive.load(policy.version)


@pytest.mark.parametrize("version", ["0" * 64, "", "..", "../policies", "0" * 63 + "G"])
def test_a_version_that_is_not_kept_is_said_to_be_missing(version: str, tmp_path: Path) -> None:
    with pytest.raises(NotInArchive, match="no policy of version"):
        PolicyArchive(tmp_path / "policies").path(version)


def test_a_policy_that_cannot_be_kept_does_not_serve(tmp_path: Path) -> None:
    no_directory = tmp_path / "a file"
    no_directory.touch()
    policies = PoliciesOnDisk(copy_of_rules(tmp_path), no_directory, load_policy)
    with pytest.raises(PolicyNotKept, match=r"Not a directory"):
        policies.load_rules()


def test_what_is_staged_is_byte_for_byte_what_was_read_though_the_version_is_kept_otherwise(tmp_path: Path) -> None:
    rules, archive = copy_of_rules(tmp_path), PolicyArchive(tmp_path / "policies")
    kept = archive.stage(load_policy(rules))
    put(rules, "fees/notes.yaml", b"# a comment\n" + (rules / "fees/notes.yaml").read_bytes())
    (rules / "tests" / "notes.yaml").unlink()
    policy = load_policy(rules)
    staged = archive.stage(policy)
    assert kept.name == policy.version
    assert contents(staged) == contents(rules) != contents(kept)
    assert archive.versions() == (policy.version,)
    assert load_policy(staged).files == policy.files
