"""A policy as the rest of the service sees it: rules with their place, reason and effect.

The stages of the pipeline are modules of this package, in the order in which a rule file meets them:
``read`` → ``check`` → ``compile`` → ``decide`` → ``explain``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from linkedaccounts.domain.effects import Effect
from linkedaccounts.domain.text import Text
from linkedaccounts.policy.condition import Condition
from linkedaccounts.policy.place import Place

FactValue: TypeAlias = str | bool | int | date | Decimal | None
"""A fact: a code or enum value, a yes or no, a count, a day, a decimal; None is unknown."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that passed every check."""

    id: str
    decision: str
    reason: str
    message: Text
    effect: Effect
    place: Place = field(compare=False)
    condition: Condition | None = None
    overrides: frozenset[str] = frozenset()
    order: int = 0


@dataclass(frozen=True, slots=True)
class FailedCondition:
    """A condition that did not hold: which fact, what the rule wants of it, what it was, and where that stands."""

    fact: str
    wanted: str
    actual: str
    place: Place


@dataclass(frozen=True, slots=True)
class NotApplied:
    """A rule that did not apply: the conditions that failed, or else the id of the rule that overrides it."""

    rule: Rule
    failed: tuple[FailedCondition, ...] = ()
    overridden_by: str = ""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A rule file: its path in the rules directory, the bytes that were read and checked, how many rules it states."""

    path: str
    content: bytes = field(repr=False)
    rule_count: int

    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()
