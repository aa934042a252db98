"""Which keys a mapping must and may have, check and schemas state each for themselves: here they are compared.

Of sound rules that have every key there is, every mapping is given one key too many, or loses a key, all of one depth
at a time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.policy.cases import read_cases
from linkedaccounts.policy.check import check
from linkedaccounts.policy.check_gaps import check_gaps
from linkedaccounts.policy.check_rules import DecisionDraft
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.load import QUOTES, TESTS, quote_tables
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.read import read
from linkedaccounts.policy.regions import Space
from linkedaccounts.policy.rule_region import Regions
from linkedaccounts.policy.source import Listing, Node, Scalar, SourceFile, Table
from linkedaccounts.workbench.quote_case import read_quote_cases
from linkedaccounts.workbench.schema.documents import schema_of
from tests.policy.rule_files import copy_of_rules, sound
from tests.workbench.schema.as_an_editor import Path as Steps
from tests.workbench.schema.as_an_editor import marked, plain, schemas_of_rules, tables

EVERY_KEY = Path(__file__).with_name("every_key")
"""Sound rule files that have, with those of the service, every key there is."""

DEEPEST = 8
MOST_KEYS = 8
SAYING_THE_KIND = {"decision", "rules_of", "cases_of", QUOTES}
UNKNOWN = {"unknown-currency", "unknown-field", "unknown-language", "unknown-operator", "wrong-type", "duplicate-id"}
MISSING = {"missing-field", "missing-language", "no-outcome", "wrong-type"}

Change = Callable[[Table], Table]
Marks = set[tuple[str, Steps]]
"""Mappings, by file and place in it, that something is wrong with."""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = copy_of_rules(tmp_path_factory.mktemp("every-key"))
    return Path(shutil.copytree(EVERY_KEY, copy, dirs_exist_ok=True))


@pytest.fixture(scope="module")
def files(rules: Path) -> list[SourceFile]:
    return read(rules)[0]


@pytest.fixture(scope="module")
def policy(rules: Path) -> Policy:
    return sound(rules)


@pytest.fixture(autouse=True)
def each_rule_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What rules do together is not looked at, but for a lack of `otherwise`: it takes long, and no schema knows."""

    def gaps(draft: DecisionDraft, _: object, findings: Findings) -> None:
        check_gaps(Regions(draft, Space(draft.facts), ()), findings)

    monkeypatch.setattr("linkedaccounts.policy.check.check_behaviour", gaps)


def test_the_files_have_every_key_that_a_schema_names_facts_apart(files: list[SourceFile]) -> None:
    used = {key.text for file in files for _, table in tables(file.root) for key, _ in table}
    named = {key for schema in schemas_of_rules().values() for key in keys_of(schema) if "." not in key}

    assert named <= used
    assert max(len(path) for file in files for path, _ in tables(file.root)) == DEEPEST


@pytest.mark.parametrize("depth", range(DEEPEST + 1))
def test_a_key_too_many_is_marked_in_every_mapping_and_found_by_the_check(
    files: list[SourceFile], policy: Policy, depth: int
) -> None:
    mappings = mappings_at(files, depth)
    after = all_changed(files, depth, with_a_key_too_many)

    assert found_by_schemas(files, after, depth) == mappings
    assert found_by_check(policy, after, UNKNOWN) >= mappings


@pytest.mark.parametrize("depth", range(DEEPEST + 1))
def test_a_missing_key_is_marked_wherever_the_check_misses_it(
    files: list[SourceFile], policy: Policy, depth: int
) -> None:
    for number in range(MOST_KEYS):
        after = all_changed(files, depth, without_its_key(number))

        missed = found_by_check(policy, after, MISSING)
        assert found_by_schemas(files, after, depth) == missed


def keys_of(schema: Any) -> Iterator[str]:
    """The keys that any mapping within a schema may have."""
    match schema:
        case {"properties": dict() as properties}:
            yield from properties
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for part in inner:
        yield from keys_of(part)


def with_a_key_too_many(table: Table) -> Table:
    key = Scalar("surplus", "str", table.place)
    return replace(table, entries=(*table.entries, (key, Scalar("x", "str", table.place))))


def without_its_key(number: int) -> Change:
    """Takes a key out, but for the one that says what kind of file it is."""

    def change(table: Table) -> Table:
        kept = [
            entry for index, entry in enumerate(table.entries) if index != number or entry[0].text in SAYING_THE_KIND
        ]
        return replace(table, entries=tuple(kept))

    return change


def all_changed(files: Iterable[SourceFile], depth: int, change: Change) -> list[SourceFile]:
    roots = [(file, changed(file.root, depth, change)) for file in files]
    return [replace(file, root=root) for file, root in roots if isinstance(root, Table)]


def changed(node: Node, depth: int, change: Change) -> Node:
    """A tree all of whose mappings at one depth are changed."""
    match node:
        case Table(entries) if depth:
            return replace(node, entries=tuple((key, changed(value, depth - 1, change)) for key, value in entries))
        case Listing(items) if depth:
            return replace(node, items=tuple(changed(item, depth - 1, change) for item in items))
        case Table() if not depth:
            return change(node)
    return node


def mappings_at(files: Iterable[SourceFile], depth: int) -> Marks:
    return {(file.path, path) for file in files for path, _ in tables(file.root) if len(path) == depth}


def found_by_check(policy: Policy, files: Iterable[SourceFile], codes: set[str]) -> Marks:
    """The mappings that `policy check` finds problems of these kinds with."""
    rules = [file for file in files if not file.path.startswith(TESTS)]
    quotes = quote_tables(files)
    findings = Findings(files)
    read_cases(
        [file for file in files if file.path.startswith(TESTS) and file not in quotes], policy.decisions, findings
    )
    read_quote_cases(quotes, policy.catalogue, findings)
    places = {problem.place for problem in [*check(rules)[1], *findings.problems] if problem.code in codes}
    return {(file.path, path) for file in files for path, table in tables(file.root) if table.place in places}


def found_by_schemas(before: Iterable[SourceFile], after: Iterable[SourceFile], depth: int) -> Marks:
    """The mappings of a depth that an editor marks, by the schemas that the files had before they were changed.

    What is wrong with an alternative is told one level above it.
    """
    names = {file.path: schema_of(file.path, file.root) or "" for file in before}
    marks = {(file.path, path[:depth]) for file in after for path in marked(names[file.path], plain(file.root))}
    return {(file, path) for file, path in mappings_at(before, depth) if marks & {(file, path), (file, path[:-1])}}
