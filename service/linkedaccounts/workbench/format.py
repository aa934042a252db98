"""The canonical form of a rule file, comments and all: the same words, laid out in one way.

What a file says does not change, so neither does the policy's version; a form that read otherwise is refused. Words
stay as they are written, but that the texts of messages stand in double quotes, and all on one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import category, east_asian_width

from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.policy.read import read_content
from linkedaccounts.policy.source import Listing, Node, Scalar, SourceFile, Table
from linkedaccounts.workbench.canonical_form import SHAPES, WIDTH, EmptyLine, Shape
from linkedaccounts.workbench.comments import with_comments
from linkedaccounts.workbench.layout import Comment, Entry, Group, Word

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def canonical(name: str, content: bytes) -> bytes:
    """The canonical form of what a file holds; PolicyRejected if it does not read, ``name`` being its path.

    It says the same; and the canonical form of a canonical form is itself.
    """
    before = read_one(name, content)
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    formatted = (_as_written(text) + "\n").encode()
    try:
        unchanged = says_the_same(before.root, read_one(name, formatted).root)
    except PolicyRejected:
        unchanged = False
    if not unchanged:
        message = "this file is written in a way that has no canonical form: it would say something else"
        hint = "write keys and values in the usual way, as docs/rules.md does"
        raise PolicyRejected([Problem(Place(name), "no-canonical-form", message, hint)])
    return formatted


def read_one(name: str, content: bytes) -> SourceFile:
    """What one file says; PolicyRejected if it does not read."""
    files: list[SourceFile] = []
    problems: list[Problem] = []
    read_content(name, content, files, problems)
    if problems:
        raise PolicyRejected(problems)
    return files[0]


def says_the_same(one: Node, other: Node) -> bool:
    """Whether two nodes say the same: the order of keys, and where things stand, says nothing."""
    match one, other:
        case Scalar(), Scalar():
            return (one.text, one.kind) == (other.text, other.kind)
        case Listing(), Listing():
            same_length = len(one.items) == len(other.items)
            return same_length and all(map(says_the_same, one.items, other.items))
        case Table(), Table():
            values = {key.text: value for key, value in other}
            same_keys = values.keys() == {key.text for key, _ in one}
            return same_keys and all(says_the_same(value, values[key.text]) for key, value in one)
    return False


def _as_written(text: str) -> str:
    layout, shape = with_comments(text), SHAPES["file"]
    _settle(layout.root, shape)
    lines = [*_comments(layout.head, "", EmptyLine.AS_WRITTEN)]
    lines += [""] if lines and layout.head_apart else []
    lines += _group(layout.root, shape, "") if layout.root.entries else ["{}"]
    if not layout.root.entries:
        lines += _comments(layout.root.foot, "", EmptyLine.AS_WRITTEN)
    return "\n".join(lines)


def _settle(group: Group, shape: Shape) -> None:
    """Puts entries in order, and comments above the first entry of a list's item above that item."""
    group.entries = shape.ordered(group)
    for entry in group.entries:
        if isinstance(entry.value, Group):
            _settle(entry.value, shape.part(entry.name))
            first = entry.value.entries[0] if entry.value.entries else None
            if entry.key is None and first is not None:
                entry.lift(first.above)
                first.above = []


def _group(group: Group, shape: Shape, indent: str) -> list[str]:
    """The lines of a group that has entries."""
    lines: list[str] = []
    above = EmptyLine.NEVER
    for entry in group.entries:
        above = shape.part(entry.name).above
        body = _entry(entry, shape.part(entry.name), indent)
        apart = entry.above[0].apart if entry.above else entry.apart
        if lines and (above is EmptyLine.ALWAYS or (above is EmptyLine.AS_WRITTEN and apart)):
            lines.append("")
        lines += _comments(entry.above, indent, above)
        lines += [""] if entry.above and entry.apart and above is not EmptyLine.NEVER else []
        lines += body
    if group.foot and group.foot[0].apart and above is not EmptyLine.NEVER:
        lines.append("")
    return [*lines, *_comments(group.foot, indent, above)]


def _comments(comments: list[Comment], indent: str, above: EmptyLine) -> Iterator[str]:
    for number, comment in enumerate(comments):
        if number and comment.apart and above is not EmptyLine.NEVER:
            yield ""
        yield f"{indent}{comment.text}"


def _entry(entry: Entry, shape: Shape, indent: str) -> list[str]:
    lead = f"{indent}-" if entry.key is None else f"{indent}{_word(entry.key)}:"
    line = _on_one_line(entry.value, shape)
    if line is not None and (isinstance(entry.value, Word) or entry.hollow or _width(f"{lead} {line}") <= WIDTH):
        lines = [f"{lead} {line}" if line else lead]
    else:
        assert isinstance(entry.value, Group)
        inside = _group(entry.value, shape, f"{indent}  ")
        if entry.key is None:
            lines = [f"{lead} {inside[0].lstrip(' ')}", *inside[1:]]
            entry.lift([entry.beside] if entry.beside else [])
            entry.beside = None
        else:
            lines = [lead, *inside]
    if entry.beside:
        lines[0] += f"  {entry.beside.text}"
    return [*lines, *_comments(entry.below, f"{indent}  ", EmptyLine.NEVER)]


def _on_one_line(value: Word | Group, shape: Shape) -> str | None:
    """A value in brackets; None if it cannot or should not be."""
    if isinstance(value, Word):
        return _quoted(value) if shape.in_quotes else _word(value)
    if value.entries and (shape.spread or value.foot):
        return None
    parts: list[str] = []
    for entry in value.entries:
        part = _in_brackets(entry, shape.part(entry.name))
        if part is None:
            return None
        parts.append(part)
    return f"{{{', '.join(parts)}}}" if value.named else f"[{', '.join(parts)}]"


def _in_brackets(entry: Entry, shape: Shape) -> str | None:
    words = [word for word in (entry.key, entry.value) if isinstance(word, Word)]
    if entry.above or entry.beside or entry.below or any(_needs_a_line(word) for word in words):
        return None
    value = _on_one_line(entry.value, shape)
    return value if value is None or entry.key is None else f"{_word(entry.key)}: {value}"


def _needs_a_line(word: Word) -> bool:
    """Whether a word would say something else between brackets."""
    written = _word(word)
    return not written or (written[0] not in "\"'" and any(sign in written for sign in ",[]{}"))


def _word(word: Word) -> str:
    """A word as it is written, on one line."""
    if word.quoting not in ("|", ">") and "\n" not in word.source:
        return word.source
    return word.meaning if not word.quoting and "\n" not in word.meaning else in_double_quotes(word.meaning)


def _quoted(word: Word) -> str:
    """A text in double quotes; as it is if it is no text, or if single quotes spare it backslashes."""
    written = _word(word)
    spared = written[:1] == "'" and any(sign in word.meaning for sign in '"\\')
    return written if written[:1] == '"' or spared or word.kind != "str" else in_double_quotes(word.meaning)


def in_double_quotes(text: str) -> str:
    """A text as YAML has it in double quotes, on one line."""
    return f'"{"".join(_ESCAPES.get(sign) or _escaped(sign) for sign in text)}"'


def _escaped(sign: str) -> str:
    return sign if sign.isprintable() or category(sign) == "Zs" else f"\\U{ord(sign):08X}"


def _width(line: str) -> int:
    """How many columns a line takes on a screen, a Chinese character two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line)
