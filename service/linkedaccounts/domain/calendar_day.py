"""Calendar days as text."""

from __future__ import annotations

from datetime import date


def parse_day(text: str) -> date | None:
    """The day of an ISO 8601 calendar date, ``2019-09-30``; None for anything else, other ISO 8601 forms too."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
