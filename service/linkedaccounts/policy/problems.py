"""What is wrong with rule files, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from textwrap import indent
from unicodedata import east_asian_width

from linkedaccounts.policy.place import Place

SHORTENED = 4
"""A word of so many letters may be a longer one cut short."""


class Severity(Enum):
    """What comes of a problem; the value is the word for it in reports."""

    ERROR = "error"
    """The directory never serves."""

    WARNING = "warning"
    """It serves, and probably says something else than is meant."""

    NOTE = "note"
    """Good to know, and shown to who asks."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the rule files, and what to do about it.

    ``source`` is the text of the line that ``place`` points into; ``hint`` may be empty. ``counterexample`` shows what
    the rules do, as a table of one case that could stand in `rules/tests` as it is; empty if it is not about that.
    """

    place: Place
    code: str
    message: str
    hint: str = ""
    source: str = ""
    severity: Severity = Severity.ERROR
    counterexample: str = ""

    def __str__(self) -> str:
        kind = "" if self.severity is Severity.ERROR else f"{self.severity.value}: "
        lines = [f"{self.place}: {kind}{self.message} [{self.code}]"]
        if self.source:
            lines.append(f"    {self.source.rstrip()}")
        if self.source and self.place.column:
            lines.append("    " + _blank(self.source[: self.place.column - 1]) + "^")
        if self.hint:
            lines.append(f"    {self.hint}")
        if self.counterexample:
            lines += ["    for example, as a case in `tests`:", indent(self.counterexample, "        ")]
        return "\n".join(lines)


def _blank(text: str) -> str:
    """White space as wide as a text on a screen, where a Chinese character takes two columns."""
    return "".join("\t" if char == "\t" else "  " if east_asian_width(char) in "WF" else " " for char in text)


class PolicyRejected(Exception):
    """A directory of rules that cannot serve; ``problems`` is all that keeps it from that, by place.

    ``warnings`` is what else was found, as far as that could be told.
    """

    def __init__(self, found: Iterable[Problem]) -> None:
        self.problems, self.warnings = by_severity(found)
        count = len(self.problems)
        heading = f"{count} problem{'s' if count != 1 else ''} in the rule files"
        super().__init__("\n\n".join([heading, *(str(problem) for problem in self.problems)]))


def by_severity(found: Iterable[Problem]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The errors, and all else; both by place."""
    listed = in_order(found)
    errors = tuple(problem for problem in listed if problem.severity is Severity.ERROR)
    return errors, tuple(problem for problem in listed if problem.severity is not Severity.ERROR)


def in_order(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by place, whatever the order in which they were found."""
    return tuple(sorted(found, key=lambda problem: (problem.place, problem.code, problem.message)))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or else all there are; empty if there are none."""
    words = sorted(set(known))
    if near := nearest(word, words):
        return f"did you mean `{near}`?"
    return f"known here: {', '.join(f'`{word}`' for word in words)}" if words else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that looks most like ``word``; empty if none does, or if the word is absurdly long.

    The one that begins with all of it, if there is just one: a name cut short.
    """
    words = sorted(set(known))
    longer = [each for each in words if len(word) >= SHORTENED and each.startswith(word)]
    if len(longer) == 1:
        return longer[0]
    near = get_close_matches(word, words, n=1, cutoff=0.6) if len(word) < 100 else []
    return near[0] if near else ""
