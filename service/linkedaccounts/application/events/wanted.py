"""Which events a subscriber wants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.domain.events import Event, EventKind

MOST_ACCOUNTS = 100
"""Each event is held against all of them."""
_KINDS = {kind.value for kind in EventKind}


@dataclass(frozen=True, slots=True)
class Wanted:
    """As stated by a caller. ``kinds`` are values of EventKind, or what the caller says in their place.

    What is empty restricts nothing.
    """

    after: int = 0
    from_now: bool = False
    kinds: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    def check(self) -> None:
        """InvalidRequest with all that is wrong."""
        if problems := list(self._problems()):
            raise InvalidRequest(problems)

    def wants(self, event: Event) -> bool:
        """Whether the event is one of those."""
        of_kind = not self.kinds or event.kind.value in self.kinds
        return of_kind and (not self.accounts or not set(self.accounts).isdisjoint(event.what.accounts))

    def _problems(self) -> Iterator[FieldProblem]:
        if self.after < 0 or (self.after and self.from_now):
            yield FieldProblem("after_position", "POSITION_INVALID")
        for index, kind in enumerate(self.kinds):
            if kind not in _KINDS:
                yield FieldProblem(f"kinds[{index}]", "EVENT_KIND_UNKNOWN", {"number": kind})
        if (count := len(self.accounts)) > MOST_ACCOUNTS:
            values = {"limit": str(MOST_ACCOUNTS), "count": str(count)}
            yield FieldProblem("account_ids", "TOO_MANY_ACCOUNTS_WATCHED", values)
