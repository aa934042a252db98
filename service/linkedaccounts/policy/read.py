"""First stage: YAML files of a directory → trees of nodes with their places.

YAML 1.2: ``NO`` is a word, numbers keep their text (so that no amount goes through binary floating point), a duplicate
key is a problem. Anchors, aliases, tags and directives are refused: what a rule says stands where the rule stands.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode
from ruamel.yaml.reader import ReaderError

from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import Problem
from linkedaccounts.policy.source import Listing, Node, Scalar, SourceFile, Table

_LOOK_AROUND = "look for what is indented otherwise or not closed (a quote, a bracket), here or above"

_HINTS = {
    "'\\t'": "indent with spaces, not with tabs",
    "mapping values": "put a text that has `: ` in it in quotes, or look at the indentation, here and above",
    "alias": "put a text that begins with `*` in quotes",
}
"""What to do, by words of what the parser says."""

SUFFIXES = (".yaml", ".yml")
REMEMBERED, SMALL = 100, 64 * 1024
"""So many files of at most so many bytes are read once: parsing is most of a load, and a change is of a file or two."""

DEEPEST = 40
"""How deep a rule file may nest; deeper is a mistake, and would exhaust the stack."""


def read(directory: Path) -> tuple[list[SourceFile], list[Problem]]:
    """Every rule file below ``directory``, by path, and what is wrong with those that could not be read."""
    files: list[SourceFile] = []
    problems: list[Problem] = []
    if not directory.is_dir():
        return [], [Problem(Place(str(directory)), "no-directory", "there is no such directory of rules")]
    try:
        paths = sorted(rule_files(directory))
    except OSError as error:
        return [], [Problem(Place(str(error.filename)), "unreadable-file", f"this cannot be read: {error.strerror}")]
    for path in paths:
        read_file(path.relative_to(directory).as_posix(), path, files, problems)
    if not files and not problems:
        problems.append(Problem(Place(str(directory)), "no-files", "there is no rule file (*.yaml) in this directory"))
    return files, problems


def rule_files(directory: Path) -> Iterator[Path]:
    """Every rule file below a directory, links to folders followed, what is hidden left out; OSError."""
    been: set[str] = set()
    for place, folders, names in os.walk(directory, followlinks=True, onerror=_raise):
        shown = [name for name in folders if not name.startswith(".")]
        folders[:] = sorted(shown, key=lambda name: Path(place, name).is_symlink())
        if (real := os.path.realpath(place)) in been:
            folders.clear()  # a link that leads back
            continue
        been.add(real)
        for name in names:
            path = Path(place, name)
            if path.suffix in SUFFIXES and not name.startswith(".") and path.is_file():
                yield path


def _raise(error: OSError) -> None:
    raise error


def read_file(name: str, path: Path, files: list[SourceFile], problems: list[Problem]) -> None:
    """Reads one file into ``files``, or says in ``problems`` why not."""
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.append(Problem(Place(name), "unreadable-file", f"the file cannot be read: {error.strerror}"))
        return
    read_content(name, content, files, problems)


def read_content(name: str, content: bytes, files: list[SourceFile], problems: list[Problem]) -> None:
    """Reads what a file holds, or would hold, into ``files``, or says in ``problems`` why not."""
    read_one = _remembered if len(content) <= SMALL else _read
    file, found = read_one(name, content)
    problems.extend(found)
    if file is not None:
        files.append(file)


def _read(name: str, content: bytes) -> tuple[SourceFile | None, tuple[Problem, ...]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem(Place(name, line), "bad-yaml", "the file is not UTF-8 text", "save it as UTF-8")
        return None, (problem,)
    lines = tuple(text.splitlines())
    reader = _Reader(name, lines)
    root = reader.compose(text)
    return (None if root is None else SourceFile(name, content, lines, root)), tuple(reader.problems)


_remembered = lru_cache(maxsize=REMEMBERED)(_read)


class _Reader:
    """Turns the nodes of one file into ours."""

    def __init__(self, name: str, lines: tuple[str, ...]) -> None:
        self.name = name
        self.lines = lines
        self.problems: list[Problem] = []
        self._anchors: set[str] = set()
        self._plain_kind = YAML(typ="safe", pure=True).resolver.resolve

    def compose(self, text: str) -> Table | None:
        """The file's mapping; None, and a problem, if there is none."""
        try:
            documents = list(YAML(typ="safe", pure=True).compose_all(text))
        except Exception as error:  # noqa: BLE001 - odd input trips the parser in more ways than its own errors
            self._not_yaml(error, text)
            return None
        if len(documents) > 1:
            place = self._place(documents[1])
            self._problem(place, "bad-yaml", "a second document begins in this file", "give each a file of its own")
            return None
        if not documents or not isinstance(documents[0], MappingNode):
            what = "a rule file is one mapping of keys to values" if documents else "the file is empty"
            hint = "begin it with a key such as `stores:` or `decision:`"
            self._problem(Place(self.name, 1, 1), "bad-yaml", what, hint)
            return None
        before = len(self.problems)
        root = self._node(documents[0], 0)
        unread = any(problem.code == "bad-yaml" for problem in self.problems[before:])
        return root if isinstance(root, Table) and not unread else None

    def _not_yaml(self, error: Exception, text: str) -> None:
        match error:
            case MarkedYAMLError() if mark := error.problem_mark or error.context_mark:
                what = str(error.problem or error.context)
                if mark.line >= len(self.lines) and error.context_mark:
                    mark, what = error.context_mark, f"{error.context}, {what}"
                hint = next((hint for words, hint in _HINTS.items() if words in what), _LOOK_AROUND)
                place = Place(self.name, mark.line + 1, mark.column + 1)
                self._problem(place, "bad-yaml", f"this is not YAML: {what}", hint)
            case ReaderError():
                through = f"{text[: error.position]}?".splitlines()
                place = Place(self.name, len(through), len(through[-1]))
                what = f"this file has a character that YAML does not allow: U+{error.character:04X}"
                self._problem(place, "bad-yaml", what, "delete it")
            case RecursionError():
                self._problem(Place(self.name), "bad-yaml", "this file nests too deep", "write it with fewer levels")
            case _:
                self._problem(Place(self.name), "bad-yaml", f"this is not YAML: {error}")

    def _node(self, node: YamlNode, depth: int) -> Node:
        place = self._place(node)
        if wrong := self._not_used_here(node, depth):
            if node.anchor not in self._anchors:
                self._problem(place, "bad-yaml", wrong, "write out what is meant")
            self._anchors |= {node.anchor} if node.anchor else set()
            return Scalar("", "null", place)
        match node:
            case MappingNode():
                return self._table(node, depth, place)
            case SequenceNode():
                return Listing(tuple(self._node(item, depth + 1) for item in node.value), place)
            case _:
                return Scalar(str(node.value), str(node.tag).rpartition(":")[2], place)

    def _not_used_here(self, node: YamlNode, depth: int) -> str:
        if depth > DEEPEST:
            return "this nests too deep"
        if node.anchor:
            return f"anchors (`&{node.anchor}`) and aliases are not used here"
        written = node.value if isinstance(node, ScalarNode) and node.style is None else None
        usual = str(self._plain_kind(type(node), written, (written is not None, True)))
        return "" if str(node.tag) == usual else f"tags and directives are not used here; this one makes it {node.tag}"

    def _table(self, node: MappingNode, depth: int, place: Place) -> Table:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in node.value:
            name = Scalar(str(key.value) if isinstance(key, ScalarNode) else "?", "str", self._place(key))
            if name.text == "<<":
                self._problem(name.place, "bad-yaml", "merge keys (`<<`) are not used here", "write out what is meant")
                continue
            if name.text in entries:
                first = entries[name.text][0].place.line
                message = f"`{name.text}` stands twice in one mapping; the first is on line {first}"
                self._problem(name.place, "duplicate-key", message, "delete one of them, or give it another name")
                continue
            entries[name.text] = (name, self._node(value, depth + 1))
        return Table(tuple(entries.values()), place)

    def _place(self, node: YamlNode) -> Place:
        return Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)

    def _problem(self, place: Place, code: str, message: str, hint: str = "") -> None:
        source = self.lines[place.line - 1] if 0 < place.line <= len(self.lines) else ""
        self.problems.append(Problem(place, code, message, hint, source))
