"""What an editor answers to the questions of `policy new`, made into parts of rule files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.policy.source import Listing, Node, Scalar, SourceFile, Table
from linkedaccounts.workbench.format import in_double_quotes, read_one


def statement(name: str, text: str) -> SourceFile:
    """An answer such as `store.code: BR, seller.linked: true` as a file of that mapping, named after its option.

    PolicyRejected, with the place in the answer, if it is no mapping.
    """
    return read_one(f"--{name}", (text if text.startswith("{") else f"{{{text}}}").encode())


def answer(name: str, text: str) -> Node:
    """An answer such as `25 BRL` or `[home]`; PolicyRejected, with the place in the answer, if it is no YAML."""
    return statement(name, f"{name}: {text}").root.entries[0][1]


def written(node: Node) -> str:
    """A node on one line, as it may stand between brackets anywhere in a rule file."""
    match node:
        case Scalar(text, kind):
            return word(text) if kind == "str" else text
        case Listing(items):
            return listed(written(item) for item in items)
        case Table(entries):
            return mapped({key.text: written(value) for key, value in entries})


def listed(values: Iterable[str]) -> str:
    """A list in brackets."""
    return f"[{', '.join(values)}]"


def mapped(values: Mapping[str, str]) -> str:
    """A mapping in brackets, of values that are written already."""
    return f"{{{', '.join(f'{word(key)}: {value}' for key, value in values.items())}}}"


def word(text: str) -> str:
    """A text as it is, or in quotes if YAML would take it for something else between brackets."""
    try:
        ((_, value),) = read_one("", f"{{a: {text}}}".encode()).root.entries
    except (PolicyRejected, ValueError):
        return in_double_quotes(text)
    plain = isinstance(value, Scalar) and (value.text, value.kind) == (text, "str")
    return text if plain else in_double_quotes(text)
