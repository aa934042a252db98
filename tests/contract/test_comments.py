"""The contract's comments are its manual: no element goes without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import Message

# The lists of a descriptor whose items are elements that a caller reads about.
ELEMENTS = (
    "message_type",
    "enum_type",
    "service",
    "extension",
    "nested_type",
    "field",
    "oneof_decl",
    "value",
    "method",
)
# Where the comment of a file stands: above `package`, the second field of a FileDescriptorProto.
PACKAGE = (2,)


def test_every_element_has_a_comment(contract: Path) -> None:
    silent = [
        f"{file.name}: {name}"
        for file in own_files(contract)
        for path, name in elements(file)
        if path not in commented(file)
    ]

    assert silent == []


def test_every_file_says_what_it_is_about(contract: Path) -> None:
    assert [file.name for file in own_files(contract) if PACKAGE not in commented(file)] == []


def test_every_kind_of_element_was_looked_at(contract: Path) -> None:
    names = {name for file in own_files(contract) for _, name in elements(file)}

    assert {"QuoteFeesRequest", "StoreFacts.code", "FactType.FACT_TYPE_DATE", "FeeQuoteService.QuoteFees"} <= names
    assert {"fact_type", "FeeQuoteService"} <= names


def own_files(contract: Path) -> list[FileDescriptorProto]:
    """The files of the contract itself, without what they import."""
    files = FileDescriptorSet.FromString(contract.read_bytes()).file
    return [file for file in files if file.name.startswith("linkedaccounts/")]


def elements(parent: Message, path: tuple[int, ...] = (), name: str = "") -> Iterator[tuple[tuple[int, ...], str]]:
    """Each element below a descriptor: its path in the source information, and its name."""
    for kind, items in parent.ListFields():
        if kind.name not in ELEMENTS:
            continue
        for index, item in enumerate(items):
            if is_made_up(item):
                continue
            below, full_name = (*path, kind.number, index), f"{name}.{item.name}".lstrip(".")
            yield below, full_name
            yield from elements(item, below, full_name)


def is_made_up(element: Message) -> bool:
    """Whether the compiler made the element: the entry of a map, or the oneof around an `optional` field."""
    options = getattr(element, "options", None)
    return bool(getattr(options, "map_entry", False)) or str(getattr(element, "name", "")).startswith("_")


def commented(file: FileDescriptorProto) -> set[tuple[int, ...]]:
    """The paths of what has a comment above it."""
    return {tuple(place.path) for place in file.source_code_info.location if place.leading_comments.strip()}
