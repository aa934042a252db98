"""What a simulation ends with when something is wrong."""

from __future__ import annotations

from datetime import date


class Violation(Exception):
    """Something that must hold does not: on a day (or in a month), of a seller; what was expected, what was found."""

    def __init__(self, day: date | str, seller: str, expected: object, found: object) -> None:
        super().__init__(f"{day}, {seller}: expected {expected}; found {found}")
        self.day, self.seller, self.expected, self.found = str(day), seller, str(expected), str(found)

    def as_content(self) -> dict[str, str]:
        """For programs."""
        return {"day": self.day, "seller": self.seller, "expected": self.expected, "found": self.found}
