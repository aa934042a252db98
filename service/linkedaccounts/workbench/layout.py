"""A rule file as it is written: its words, mappings and lists, each with its place in the text and its comments.

The policy's own reader keeps what a file says; this keeps how it is said, for who rewrites or extends the file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*[ \t]+(#.*)")
_COLON = re.compile(r"\s*:")


@dataclass(slots=True)
class Comment:
    """A comment: itself, where it stands in the text, and, of one on a line of its own, whether under an empty line."""

    text: str
    at: int
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A single value: its ``source`` as written, what that means, and where it stands in the text.

    ``quoting`` is `'`, `"`, `|`, `>`, or nothing; ``kind`` is what YAML takes it for: str, int, float, bool, null.
    """

    source: str
    meaning: str
    kind: str
    quoting: str
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Group:
    """A mapping (``named``) or a list; ``bracketed`` if written in brackets.

    ``foot`` are the comments after its last entry; ``column`` is where its entries begin, from 0.
    """

    named: bool
    bracketed: bool
    start: int
    end: int
    column: int
    owner: Entry | None
    entries: list[Entry] = field(default_factory=list)
    foot: list[Comment] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Entry:
    """An entry of a mapping, or an item of a list, which has no ``key``.

    ``above``, ``beside`` and ``below`` are its comments; ``apart``: an empty line stands right above it.
    """

    key: Word | None
    value: Word | Group
    parent: Group
    start: int
    column: int
    apart: bool
    above: list[Comment] = field(default_factory=list)
    beside: Comment | None = None
    below: list[Comment] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The key's meaning; empty in a list."""
        return self.key.meaning if self.key else ""

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.value.end

    @property
    def hollow(self) -> bool:
        """Whether there is nothing in it."""
        return not self.value.entries if isinstance(self.value, Group) else self.value.kind == "null"

    def lift(self, comments: Sequence[Comment]) -> None:
        """Puts comments that stood inside above it; an empty line above it stays above them."""
        for comment in comments:
            self.above.append(Comment(comment.text, comment.at, self.apart))
            self.apart = False


class Lines:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def place(self, at: int) -> tuple[int, int]:
        """Line and column, both from 0."""
        line = bisect_right(self._starts, at) - 1
        return line, at - self._starts[line]

    def alone(self, at: int) -> bool:
        """Whether nothing but white space stands before ``at`` on its line."""
        line, column = self.place(at)
        return not self._lines[line][:column].strip()

    def apart(self, at: int) -> bool:
        """Whether ``at`` begins its line, and the line above is empty."""
        line, _ = self.place(at)
        return line > 0 and self.alone(at) and not self._lines[line - 1].strip()


class Layout:
    """A rule file that policy.read can read, without its comments yet.

    ``bare`` is its text with comments blanked out; ``comments`` are where they stand.
    """

    def __init__(self, text: str) -> None:
        self.lines = Lines(text)
        self.text = text
        (document,) = YAML(typ="safe", pure=True).compose_all(text)
        self.entries: list[Entry] = []
        self.head: list[Comment] = []
        self.head_apart = False
        words = list(_words(document, text))
        structure = _blanked(text, words)
        self.comments = [match.span() for match in re.finditer("#.*", structure)]
        self.bare = _blanked(text, self.comments)
        self._structure = _blanked(structure, self.comments)
        root = self._value(document, document.end_mark.index, None)
        assert isinstance(root, Group)
        self.root = root

    def _value(self, node: YamlNode, otherwise: int, owner: Entry | None) -> Word | Group:
        """``otherwise`` is where it stands if it is left out."""
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, ScalarNode):
            kind = str(node.tag).rpartition(":")[2]
            span = (start, end) if end > start else (otherwise, otherwise)
            return Word(self.text[slice(*span)], str(node.value), kind, node.style or "", *span)
        assert isinstance(node, MappingNode | SequenceNode)
        bracketed = bool(node.flow_style)
        group = Group(isinstance(node, MappingNode), bracketed, start, end, self.lines.place(start)[1], owner)
        if isinstance(node, MappingNode):
            self._mapping(node, group)
        else:
            self._list(node, group)
        if group.entries and not bracketed:
            group.end = group.entries[-1].end
            group.column = group.entries[0].column
        return group

    def _mapping(self, node: MappingNode, group: Group) -> None:
        for name, node_of_value in node.value:
            start, end = name.start_mark.index, name.end_mark.index
            style = name.style if isinstance(name, ScalarNode) else None
            source = self.text[start:end]
            key = Word(source, str(name.value) if isinstance(name, ScalarNode) else source, "", style or "", start, end)
            colon = _COLON.match(self._structure, end)
            self._entry(key, start, node_of_value, colon.end() if colon else end, group)

    def _list(self, node: SequenceNode, group: Group) -> None:
        end = group.start
        for item in node.value:
            start = item.start_mark.index
            dash = start if group.bracketed else self._structure.rfind("-", end, start)
            end = self._entry(None, dash, item, dash + 1, group).end

    def _entry(self, key: Word | None, start: int, node: YamlNode, otherwise: int, group: Group) -> Entry:
        nothing = Word("", "", "null", "", otherwise, otherwise)
        entry = Entry(key, nothing, group, start, self.lines.place(start)[1], self.lines.apart(start))
        group.entries.append(entry)
        self.entries.append(entry)
        entry.value = self._value(node, otherwise, entry)
        if isinstance(entry.value, Word) and (header := _BLOCK_HEADER.match(entry.value.source)):
            entry.beside = Comment(header[1].rstrip(), entry.value.start + header.start(1))
        return entry


def _words(node: YamlNode, text: str) -> Iterator[tuple[int, int]]:
    """Where the single values stand, keys too: nothing in them is a comment or a sign of YAML."""
    if isinstance(node, ScalarNode):
        yield node.start_mark.index, node.end_mark.index
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _words(item, text)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _words(key, text)
            yield from _words(value, text)


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with spaces in place of some of it; ``spans`` ascend."""
    parts, end = [], 0
    for start, stop in spans:
        parts += [text[end:start], " " * (stop - start)]
        end = stop
    return "".join([*parts, text[end:]])
