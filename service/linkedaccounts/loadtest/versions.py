"""Which policy answers: a reload shows in the versions that answers carry."""

from __future__ import annotations

from linkedaccounts.loadtest.result import Event

OVERLAP_SECONDS = 3.0
"""Two versions may answer side by side for as long as no more than this passes between two answers of either: processes
switch one by one, and answers are on their way."""
SHORT = 12


class Versions:
    """Hears the policy version of each checked answer, in the order in which they come."""

    def __init__(self) -> None:
        self.changes: list[Event] = []
        self._current = ""
        self._seen: dict[str, float] = {}

    def answered(self, version: str, moment: float) -> None:
        """An answer came from a version, so many seconds after the warm-up; an empty version says nothing."""
        if not version:
            return
        if version != self._current and self._is_new(version, moment):
            if self._current:
                text = f"the policy changed from {self._current[:SHORT]} to {version[:SHORT]}"
                self.changes.append(Event(int(moment), "reload", text))
            self._current = version
        self._seen[version] = moment

    def _is_new(self, version: str, moment: float) -> bool:
        """Whether it is not one that just leaves, or else the current one has left and this one is back."""
        if moment - self._seen.get(version, -OVERLAP_SECONDS) >= OVERLAP_SECONDS:
            return True
        return moment - self._seen[self._current] >= OVERLAP_SECONDS
