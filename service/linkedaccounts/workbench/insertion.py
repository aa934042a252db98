"""An item put into a list of a rule file; everything else stays byte for byte."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.policy.source import Listing, Node, Scalar, Table
from linkedaccounts.workbench.comments import with_comments
from linkedaccounts.workbench.format import canonical, in_double_quotes, read_one, says_the_same
from linkedaccounts.workbench.layout import Comment, Entry, Group, Word


@dataclass(frozen=True, slots=True)
class Change:
    """A rule file as it is to be: its path in the directory, what it holds, and which lines are new, from 1."""

    path: str
    content: bytes
    first_line: int
    last_line: int

    @property
    def new_text(self) -> str:
        """The new lines."""
        lines = self.content.decode("utf-8-sig").split("\n")[self.first_line - 1 : self.last_line]
        return "\n".join(line.rstrip("\r") for line in lines)

    def covers(self, place: Place) -> bool:
        """Whether a place is in the new lines."""
        return place.file == self.path and self.first_line <= place.line <= self.last_line


def new_file(path: str, written: str) -> Change:
    """A rule file that is not there yet, in canonical form."""
    content = canonical(path, written.encode())
    return Change(path, content, 1, content.count(b"\n"))


def inserted(path: str, content: bytes, keys: Sequence[str], item: str, at: int | None = None) -> Change:
    """The file with one more item in the list under ``keys``: the ``at``-th from 0, or the last, under its comments.

    ``item`` is a mapping in brackets. It is written in canonical form, indented like the others. PolicyRejected if the
    list is not there, or takes no item as it is written; or if the file would say something else besides.
    """
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = content.decode("utf-8-sig")
    before = read_one(path, content)
    owner = _owner(path, with_comments(text).root, keys)
    start, indent = _gap(path, text, owner, at)
    line_end = "\r\n" if "\r\n" in text else "\n"
    apart = tuple(keys) == ("rules",) and not owner.hollow
    block = [*([""] if apart else []), *(" " * indent + line for line in _item_lines(keys, item))]
    head = text[:start] if not owner.hollow else _without_brackets(text[:start], owner)
    head += line_end if head and not head.endswith("\n") else ""
    written = mark + (head + "".join(line + line_end for line in block) + text[start:]).encode()
    first = head.count("\n") + 1 + apart
    if not _one_more(before.root, read_one(path, written).root, keys, at):
        raise PolicyRejected([_no_place(path, owner, text)])
    return Change(path, written, first, first + len(block) - 1 - apart)


def _owner(path: str, root: Group, keys: Sequence[str]) -> Entry:
    """The entry whose value is the list."""
    value: Word | Group = root
    entry = None
    for depth, key in enumerate(keys, start=1):
        entries = value.entries if isinstance(value, Group) else []
        entry = next((entry for entry in entries if entry.name == key), None)
        if entry is None:
            message = f"there is no `{'.'.join(keys[:depth])}` here to add to"
            raise PolicyRejected([Problem(Place(path), "missing-field", message, f"add `{key}:`")])
        value = entry.value
    assert entry is not None
    return entry


def _gap(path: str, text: str, owner: Entry, at: int | None) -> tuple[int, int]:
    """Where the item's lines go, at the beginning of a line, and how deep they are indented."""
    value = owner.value
    commented = "#" in text[value.start : value.end]
    if owner.hollow and not owner.parent.bracketed and not commented:
        return _next_line(text, _extent(text, owner)), owner.column + 2
    if not isinstance(value, Group) or value.bracketed or owner.hollow:
        raise PolicyRejected([_no_place(path, owner, text)])
    if at == 0:
        first = min([value.entries[0].start, *(comment.at for comment in value.entries[0].above)])
        return text.rfind("\n", 0, first) + 1, value.column
    last = owner if at is None else value.entries[at - 1]
    return _next_line(text, _extent(text, last)), value.column


def _extent(text: str, entry: Entry) -> int:
    """Where an entry ends, the comments in it and after it included."""
    return max([len(text[: entry.end].rstrip()), *(comment.at for comment in _comments(entry))])


def _comments(entry: Entry) -> Iterator[Comment]:
    yield from entry.above
    yield from entry.below
    yield from [entry.beside] if entry.beside else []
    if isinstance(entry.value, Group):
        yield from entry.value.foot
        for inner in entry.value.entries:
            yield from _comments(inner)


def _next_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _without_brackets(head: str, owner: Entry) -> str:
    """The text up to the gap, in which an empty list stood as `[]`."""
    return head[: owner.value.start].rstrip() + head[owner.value.end :]


def _item_lines(keys: Sequence[str], item: str) -> list[str]:
    """The lines of an item, in canonical form, the dash not indented."""
    written = f"[{item}]"
    for key in reversed(keys):
        written = f"{{{in_double_quotes(key)}: {written}}}"
    lines = canonical("the new item", written.encode()).decode().splitlines()[len(keys) :]
    depth = len(lines[0]) - len(lines[0].lstrip())
    return [line[depth:] for line in lines]


def _one_more(before: Node, after: Node, keys: Sequence[str], at: int | None) -> bool:
    """Whether all that changed is that there is one more item."""
    if keys and isinstance(before, Table) and isinstance(after, Table):
        return len(before.entries) == len(after.entries) and all(
            name.text == other.text
            and (_one_more(value, new, keys[1:], at) if name.text == keys[0] else says_the_same(value, new))
            for (name, value), (other, new) in zip(before, after, strict=True)
        )
    if not isinstance(after, Listing) or keys:
        return False
    items = list(after.items)
    del items[-1 if at is None else at]
    stood = before.items if isinstance(before, Listing) else ()
    hollow = isinstance(before, Scalar) and before.kind == "null"
    return (isinstance(before, Listing) or hollow) and says_the_same(
        Listing(stood, after.place), Listing(tuple(items), after.place)
    )


def _no_place(path: str, owner: Entry, text: str) -> Problem:
    line = text.count("\n", 0, owner.start) + 1
    message = f"`{owner.name}` takes no item as it is written here"
    hint = f"run `linked-accounts policy format` on {path} first"
    return Problem(Place(path, line, owner.column + 1), "no-place", message, hint, text.split("\n")[line - 1].rstrip())
