"""What was done so far, noted in a file as it is done, so that a simulation that was killed goes on from there.

A line each: the setting, what came of every action, and each day that was found right. An action whose line is
missing is done again, which changes nothing if it was done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from linkedaccounts.simulation.actions import Outcome
from linkedaccounts.simulation.setting import Setting


class OtherMarket(Exception):
    """The file is of a market with another setting, or no such file at all."""


@dataclass(frozen=True, slots=True)
class DayFound:
    """A day that was found right: charges made, how many are set aside, how many of those were and are charged now."""

    day: date
    charges: int = 0
    waiting: int = 0
    set_aside: int = 0
    taken_up: int = 0


@dataclass(slots=True)
class Journal:
    """``write`` keeps a line; ``outcomes`` by request id and ``days`` are what was noted before."""

    write: Callable[[str], object] = lambda _line: None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    days: dict[date, DayFound] = field(default_factory=dict)

    def note(self, request_id: str, outcome: Outcome) -> None:
        """Keeps what came of an action."""
        self.write(json.dumps([request_id, outcome.account, outcome.refused]))

    def note_day(self, found: DayFound) -> None:
        """Keeps that a day was found right."""
        self.write(json.dumps({**asdict(found), "day": str(found.day)}))


@contextmanager
def journal_in(path: Path | None, setting: Setting) -> Iterator[Journal]:
    """The journal in a file, which is made if it is not there; one that keeps nothing if ``path`` is None.

    OtherMarket; OSError.
    """
    if path is None:
        yield Journal()
        return
    whole = path.read_bytes().rpartition(b"\n")[0] if path.exists() else b""  # without a line that was cut off
    path.write_bytes(whole + b"\n" if whole else b"")
    with path.open("a", encoding="utf-8", buffering=1) as file:
        journal = Journal(lambda line: file.write(line + "\n"))
        _take(journal, whole.decode("utf-8", "replace").splitlines(), setting)
        yield journal


def _take(journal: Journal, lines: list[str], setting: Setting) -> None:
    header = json.dumps({**asdict(setting), "first": str(setting.first)})
    if not lines:
        journal.write(header)
    elif lines[0] != header:
        raise OtherMarket(f"it begins with {lines[0][:120]} instead of {header}")
    for line in lines[1:]:
        noted: Any = json.loads(line)
        if isinstance(noted, dict):
            found = DayFound(**{**noted, "day": date.fromisoformat(noted["day"])})
            journal.days[found.day] = found
        else:
            journal.outcomes[noted[0]] = Outcome(*noted[1:])
