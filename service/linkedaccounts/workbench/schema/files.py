"""What tells the editors of a directory: the files of its schemas, and the first lines that name them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from linkedaccounts.policy.source import SourceFile
from linkedaccounts.workbench.schema.documents import schema_of, schemas
from linkedaccounts.workbench.schema.shapes import Schema

FOLDER = ".schema"
"""Where schemas stand in a directory of rules: the rules' reader overlooks it."""

_NAMES_ONE = re.compile(r"#[ \t]*yaml-language-server:[ \t]*\$schema=[^\r\n]*")
_FIRST_LINE = re.compile(r"\ufeff?(?P<line>[^\r\n]*)(?P<end>\r?\n)?")


def stale_files(directory: Path, files: Iterable[SourceFile]) -> Iterator[tuple[Path, bytes]]:
    """Every file of the directory that is not as `policy schema --write` leaves it, with what it should hold.

    ``files`` are the rule files that could be read there. OSError if one of them is gone.
    """
    listed = tuple(files)
    for name, schema in schemas(listed).items():
        yield from _unless_same(directory / FOLDER / name, written(schema).encode())
    for file in listed:
        if schema_name := schema_of(file.path, file.root):
            path = directory / file.path
            text = path.read_bytes().decode("utf-8")
            yield from _unless_same(path, with_first_line(text, first_line(file.path, schema_name)).encode())


def written(schema: Schema) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def first_line(path: str, schema_name: str) -> str:
    """What the first line of a rule file at this path of the directory says to an editor."""
    return f"# yaml-language-server: $schema={'../' * path.count('/')}{FOLDER}/{schema_name}"


def with_first_line(text: str, line: str) -> str:
    """A rule file's text with this first line: in the place of one that names a schema, else before all others."""
    first = _FIRST_LINE.match(text)
    assert first
    start, end = first.span("line")
    if _NAMES_ONE.fullmatch(first["line"]):
        return text[:start] + line + text[end:]
    return text[:start] + line + (first["end"] or "\n") + text[start:]


def _unless_same(path: Path, content: bytes) -> Iterator[tuple[Path, bytes]]:
    if not path.is_file() or path.read_bytes() != content:
        yield path, content
