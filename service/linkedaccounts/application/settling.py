"""When a directory that is being changed has come to rest."""

from __future__ import annotations

from collections.abc import Hashable


class Settling:
    """Sees how a directory stands, look after look; a change counts once two looks in a row agree on it.

    An editor saves file after file, and a copy takes its time: what is seen in between is not meant.
    """

    def __init__(self) -> None:
        """Nothing is known yet: the first state is a change, too."""
        self._known: Hashable = None
        self._seen: Hashable = None

    def look(self, state: Hashable, *, at_once: bool = False) -> bool:
        """Whether what stands there is to be taken up: it is not what was last, and at rest, or wanted at once."""
        rests = state == self._seen
        self._seen = state
        return at_once or (rests and state != self._known)

    def took(self, state: Hashable) -> None:
        """Notes what was taken up."""
        self._known = state
