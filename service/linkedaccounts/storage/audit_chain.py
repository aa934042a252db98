"""The chain of the audit: what an entry becomes as a row, and the hash that ties it to the one before."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC
from typing import Any

from linkedaccounts.application.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class Head:
    """An end of the chain: the newest row's position, 0 if there is none yet, and its hash."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


def head_of(text: str) -> Head:
    """The end that ``POSITION:HASH`` states; ValueError if it is no such text."""
    position, separator, digest = text.strip().partition(":")
    if not (separator and position.isdecimal() and re.fullmatch("[0-9a-f]{64}", digest)):
        raise ValueError(f"`{text}` is not an end of a chain, as in `12:5f…` with 64 hexadecimal digits")
    return Head(int(position), digest)


BEFORE_THE_FIRST = Head(0, "0" * 64)


def chained(entry: AuditEntry, head: Head) -> dict[str, Any]:
    """The row that follows ``head``, by column."""
    row: dict[str, Any] = {field.name: getattr(entry, field.name) for field in fields(entry)}
    row["subjects"] = canonical(list(entry.subjects))
    row["decisions"] = canonical([asdict(decision) for decision in entry.decisions])
    row |= {"position": head.position + 1, "previous_hash": head.hash}
    return row | {"hash": hash_of(row)}


def hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, over the canonical JSON of everything in the row but its own hash."""
    content = {name: value for name, value in row.items() if name != "hash"}
    content["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(content: object) -> str:
    """JSON with one way to write everything: sorted keys, no blanks, nothing escaped that need not be."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
