"""The version of a policy: what it says, hashed, whatever the order of files and rules, comments and layout."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from linkedaccounts.policy.source import Listing, Node, Scalar, SourceFile, Table

ORDERED_LISTS = frozenset({"on", "on_one_store", "between"})
"""Keys under which the order of a list means something."""


def policy_version(files: Iterable[SourceFile]) -> str:
    """The SHA-256, in hexadecimal, of the canonical content of the files."""
    statements = sorted(statement for file in files for statement in _statements(file.root))
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()


def _statements(root: Table) -> Iterable[str]:
    """What a file states, each statement by itself and with what it belongs to, so that it may stand in any file.

    Invariants are left out: they change no answer.
    """
    belongs = root.get("decision") or root.get("rules_of")
    for key, value in root:
        owner = [belongs.text] if isinstance(belongs, Scalar) and key.text in ("rules", "otherwise", "combine") else []
        parts: Iterable[tuple[str, Node]] = [("", value)]
        if isinstance(value, Table) and not owner:
            parts = [(name.text, part) for name, part in value]
        elif isinstance(value, Listing):
            parts = [("", item) for item in value.items]
        if key.text not in ("decision", "rules_of", "invariants"):
            yield from (_canonical([*owner, key.text, name, _plain(part, key.text)]) for name, part in parts)


def _plain(node: Node, key: str = "") -> Any:
    match node:
        case Scalar(text, kind):
            return text if kind in ("str", "timestamp") else [kind, text]
        case Table(entries):
            return {name.text: _plain(value, name.text) for name, value in entries}
        case Listing(items):
            plain = [_plain(item) for item in items]
            return plain if key in ORDERED_LISTS else sorted(plain, key=_canonical)


def _canonical(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
