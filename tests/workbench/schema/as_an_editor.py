"""Rule files and schemas as an editor has them: plain data, and what is wrong with it at which place of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from jsonschema_rs import Draft7Validator

from linkedaccounts.policy.read import read
from linkedaccounts.policy.source import Listing, Node, Scalar, SourceFile, Table
from linkedaccounts.workbench.schema.documents import schemas
from linkedaccounts.workbench.schema.shapes import Schema
from tests.policy.rule_files import RULES

Path = tuple[str | int, ...]
"""The keys and indices that lead to a place."""

_READ: Mapping[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "bool": lambda text: text.lower() == "true",
    "null": lambda _: None,
}


@cache
def rule_files() -> tuple[SourceFile, ...]:
    """The rule files that the service comes with."""
    files, problems = read(RULES)
    assert not problems
    return tuple(files)


@cache
def schemas_of_rules() -> Mapping[str, Schema]:
    """The schemas of the rules that the service comes with."""
    return schemas(rule_files())


@cache
def validator(name: str) -> Draft7Validator:
    """What holds data against one of them."""
    return Draft7Validator(dict(schemas_of_rules()[name]))


def marked(name: str, content: Any) -> list[Path]:
    """The places of the content that the schema finds fault with."""
    return [tuple(error.instance_path) for error in validator(name).iter_errors(content)]


def plain(node: Node) -> Any:
    """A node as an editor's YAML 1.2 reads it."""
    match node:
        case Scalar(text, kind):
            return _READ.get(kind, str)(text)
        case Listing(items):
            return [plain(item) for item in items]
        case Table(entries):
            return {key.text: plain(value) for key, value in entries}


def tables(node: Node, path: Path = ()) -> Iterator[tuple[Path, Table]]:
    """Every mapping within a node, with its place in the plain data."""
    if isinstance(node, Table):
        yield path, node
    below: Sequence[tuple[str | int, Node]] = ()
    match node:
        case Table(entries):
            below = [(key.text, value) for key, value in entries]
        case Listing(items):
            below = list(enumerate(items))
    for step, inner in below:
        yield from tables(inner, (*path, step))
