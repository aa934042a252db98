"""The sentences of a table: each once below it, by the number that its rows name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from rich.table import Table
from rich.text import Text

from linkedaccounts.cli.quote_page import SHORT_VERSION
from linkedaccounts.cli.tables import footnotes
from linkedaccounts.v1.rules_pb2 import RuleReference

Said = tuple[str, str]
"""A sentence, and where it comes from; empty if nowhere."""


class ByRule(Protocol):
    """What a rule says: an entry of a transaction, or an adjustment of a charge to come."""

    @property
    def message(self) -> str:
        """The sentence."""

    @property
    def reason(self) -> str:
        """The code."""

    @property
    def rule(self) -> RuleReference:
        """The rule, if one says it."""


def rule_said(by: ByRule, version: str = "") -> Said:
    """The sentence with its code, its rule's place, and the beginning of the policy's version."""
    place = f" {by.rule.file}:{by.rule.line}" if by.rule.file else ""
    return by.message, f"{by.reason}{place}{f' @{version[:SHORT_VERSION]}' if place and version else ''}"


class Sentences:
    """Numbers them in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[Said, str] = {}

    def numbers(self, said: Iterable[Said]) -> str:
        """The numbers of some, each once."""
        return ", ".join(dict.fromkeys(self._numbers.setdefault(one, str(len(self._numbers) + 1)) for one in said))

    def footnotes(self) -> Table:
        """All of them, with their numbers."""
        return footnotes(
            (number, Text.assemble(message, (f" {place}".rstrip(), "dim")))
            for (message, place), number in self._numbers.items()
        )
