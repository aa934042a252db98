"""What this process counts, for its metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Calls at work; calls that ended, by method and status; quotes, by whether their answer was remembered."""

    at_work: int = 0
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    quotes: Counter[str] = field(default_factory=Counter)
