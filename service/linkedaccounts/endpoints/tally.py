"""What this process counts, for its metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Calls at work; calls that ended, by method and status; quotes, by whether their answer was remembered.

    ``shed`` are calls that were not worked on: because of `overload`, or because their `deadline` was too near.
    """

    at_work: int = 0
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    quotes: Counter[str] = field(default_factory=Counter)
    shed: Counter[str] = field(default_factory=Counter)
