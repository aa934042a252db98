"""What is wrong with rule files, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from unicodedata import east_asian_width

from linkedaccounts.policy.place import Place


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the rule files, and what to do about it.

    ``source`` is the text of the line that ``place`` points into; ``hint`` may be empty.
    """

    place: Place
    code: str
    message: str
    hint: str = ""
    source: str = ""

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.message} [{self.code}]"]
        if self.source:
            lines.append(f"    {self.source.rstrip()}")
        if self.source and self.place.column:
            lines.append("    " + _blank(self.source[: self.place.column - 1]) + "^")
        if self.hint:
            lines.append(f"    {self.hint}")
        return "\n".join(lines)


def _blank(text: str) -> str:
    """White space as wide as a text on a screen, where a Chinese character takes two columns."""
    return "".join("\t" if char == "\t" else "  " if east_asian_width(char) in "WF" else " " for char in text)


class PolicyRejected(Exception):
    """A directory of rules that cannot serve; ``problems`` is all that is wrong with it, by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.place, problem.code, problem.message)))
        count = len(self.problems)
        heading = f"{count} problem{'s' if count != 1 else ''} in the rule files"
        super().__init__("\n\n".join([heading, *(str(problem) for problem in self.problems)]))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or else all there are; empty if there are none."""
    words = sorted(set(known))
    if near := nearest(word, words):
        return f"did you mean `{near}`?"
    return f"known here: {', '.join(f'`{word}`' for word in words)}" if words else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that looks most like ``word``; empty if none does, or if the word is absurdly long."""
    near = get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6) if len(word) < 100 else []
    return near[0] if near else ""
