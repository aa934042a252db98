"""A value from a day on: a store's fee, or a plan's cap or split, as one more entry of its terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import PolicyRejected, Problem, did_you_mean
from linkedaccounts.policy.source import Listing, Scalar, SourceFile, Table
from linkedaccounts.workbench.answers import answer, mapped, written
from linkedaccounts.workbench.insertion import Change, inserted

VALUES: Mapping[str, tuple[str, ...]] = {"stores": ("fee",), "plans": ("cap", "split")}
"""What may change from a day on, by the section of what it belongs to."""


class Terms:
    """The terms of a store or a plan, as a file states them."""

    def __init__(self, files: Sequence[SourceFile], name: str) -> None:
        """PolicyRejected if there is no such store or plan, or if its terms are no list of entries with their days."""
        known = {key: place for section in VALUES for key, place in _stated(files, section).items()}
        if name not in known:
            hint = did_you_mean(name, known)
            raise PolicyRejected([Problem(Place("."), "unknown-value", f"there is no store or plan `{name}`", hint)])
        self.section, self._path, table = known[name]
        self._name = name
        terms = table.get("terms")
        self._entries = terms.items if isinstance(terms, Listing) else ()
        self._days = [day for entry in self._entries if (day := _since(entry)) is not None]
        if not self._days or len(self._days) < len(self._entries):
            message = f"the `terms` of `{name}` are no list of entries, each with its `from`"
            raise PolicyRejected([Problem(table.place, "wrong-type", message, "see `linked-accounts policy check`")])

    def on(self, day: date) -> Mapping[str, str]:
        """What holds on a day, by key, in the words of a rule file; before the first entry, what that one states.

        An end before that day is left out.
        """
        entry = self._entries[self._holding(day)]
        values = {key.text: value for key, value in (entry if isinstance(entry, Table) else ())}
        ends = values.get("through")
        ended = isinstance(ends, Scalar) and (parse_day(ends.text) or day) < day
        return {key: written(value) for key, value in values.items() if key != "from" and not (ended and value is ends)}

    def since(self, directory: Path, day: date, values: Mapping[str, str]) -> Change:
        """The file with one more entry, from a day on: of the given values, and else of what holds on that day.

        PolicyRejected if a value is no YAML, or if the list takes no entry as it is written.
        """
        stated = {key: written(answer(key, value)) for key, value in values.items()}
        entry = {"from": day.isoformat(), **self.on(day), **stated}
        at = self._holding(day) + 1 if min(self._days) <= day else 0
        content = (directory / self._path).read_bytes()
        return inserted(self._path, content, (self.section, self._name, "terms"), mapped(entry), at)

    def _holding(self, day: date) -> int:
        """Which entry holds on a day: the last that begins by then, or else the first of all."""
        begun = [begins for begins in self._days if begins <= day]
        return self._days.index(max(begun, default=min(self._days)))


def dated_names(files: Sequence[SourceFile]) -> Sequence[str]:
    """The stores and plans, by code and id."""
    return sorted(name for section in VALUES for name in _stated(files, section))


def _stated(files: Sequence[SourceFile], section: str) -> dict[str, tuple[str, str, Table]]:
    """What a section states in all files, by name: the section, the file and the table."""
    tables = [(file.path, file.root.get(section)) for file in files]
    named = [(path, key, value) for path, table in tables if isinstance(table, Table) for key, value in table]
    return {key.text: (section, path, value) for path, key, value in named if isinstance(value, Table)}


def _since(entry: object) -> date | None:
    """The day on which an entry begins."""
    day = entry.get("from") if isinstance(entry, Table) else None
    return parse_day(day.text) if isinstance(day, Scalar) else None
