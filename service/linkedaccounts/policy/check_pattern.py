r"""Second stage: regular expressions of a safe kind, so that no value takes long to match.

What may stand in one: characters, `\d`, a backslash before a sign, sets such as `[A-Z0-9]`, groups, `|`, `?`, `{n}` and
`{n,m}`. Refused is everything else: `*`, `+`, `{n,}`, `.`, `^`, `$`, other escapes, back references, look-arounds,
lazy and possessive repeats, inverted sets. What is left can be counted: a pattern has so many ways to take a text, and
with ``MOST_WAYS`` of them matching tries that many at the most. That rules out nested repeats that explode, too.
"""

from __future__ import annotations

import re
from string import ascii_letters, digits, punctuation

LONGEST_PATTERN = 200
"""Characters in a pattern."""

MOST_WAYS = 1_000
"""Ways to take a text. Each costs at most the length of the value, so a match ends within milliseconds."""

MOST_TIMES = 200
"""How often a part may be repeated; no value is longer."""

_SPECIAL = frozenset("\\^$.|?*+()[]{}")
_IN_SETS = frozenset(f"{ascii_letters}{digits} ./_,:;'")
_REPEAT = re.compile(r"\?|\{(\d{1,3})(,(\d{1,3}))?\}", re.ASCII)


class UnsafePattern(ValueError):
    """Says what a pattern has that it may not have; the second argument is a hint."""


def check_pattern(pattern: str) -> None:
    """UnsafePattern unless a pattern is of the safe kind."""
    if len(pattern) > LONGEST_PATTERN:
        raise UnsafePattern(f"has {len(pattern)} characters, and it takes {LONGEST_PATTERN}", "")
    reader = _Reader(pattern)
    ways = reader.alternatives()
    if reader.rest:
        raise UnsafePattern("closes a group that it did not open", "write a bracket that is meant as `\\)`")
    if ways > MOST_WAYS:
        raise UnsafePattern(
            f"can take a text in more than {MOST_WAYS:,} ways", "let fewer parts be optional or vary in length"
        )
    try:
        re.compile(pattern, re.ASCII)
    except re.error as error:
        raise UnsafePattern(f"is no regular expression: {error.msg}", "") from None


class _Reader:
    """Reads a pattern from the left; each method takes its part off ``rest``, and counts the ways to match it."""

    def __init__(self, pattern: str) -> None:
        self.rest = pattern

    def alternatives(self) -> int:
        """Branches with `|` between them: the sum of their ways."""
        ways = self._branch()
        while self._take("|"):
            ways += self._branch()
        return ways

    def _branch(self) -> int:
        """Parts one after the other: the product of their ways."""
        if not self.rest or self.rest[0] in "|)":
            raise UnsafePattern("has an empty alternative", "write what it stands for, or make the other one optional")
        ways = 1
        while self.rest and self.rest[0] not in "|)":
            ways = _bounded(ways * self._repeated())
        return ways

    def _repeated(self) -> int:
        ways = self._part()
        repeat = _REPEAT.match(self.rest)
        if repeat is None:
            return ways
        self.rest = self.rest[repeat.end() :]
        if self.rest[:1] in {"?", "+", "{", "*"}:
            raise UnsafePattern(f"repeats a repeat with `{self.rest[0]}`", "put a group around the inner one")
        least, most = (0, 1) if repeat[0] == "?" else (int(repeat[1]), int(repeat[3] or repeat[1]))
        if not 0 < most <= MOST_TIMES or least > most:
            hint = f"the first number is the smaller one, and neither is more than {MOST_TIMES}"
            raise UnsafePattern(f"has the repeat `{repeat[0]}`", hint)
        return _ways_of_repeat(ways, least, most)

    def _part(self) -> int:
        char = self.rest[0]
        if self._take("\\"):
            self._escape()
        elif self._take("["):
            self._set()
        elif self._take("("):
            return self._group()
        elif char in _SPECIAL:
            raise UnsafePattern(f"has `{char}`", _INSTEAD.get(char, f"write a sign that is meant as `\\{char}`"))
        else:
            self._take(char)
        return 1

    def _group(self) -> int:
        if self.rest.startswith("?"):
            raise UnsafePattern("has a group that begins with `(?`", "write a plain group, `(…)`")
        ways = self.alternatives()
        if not self._take(")"):
            raise UnsafePattern("opens a group that it does not close", "write a bracket that is meant as `\\(`")
        return ways

    def _escape(self) -> None:
        char, self.rest = self.rest[:1], self.rest[1:]
        if char not in {"d", *punctuation}:
            raise UnsafePattern(f"has `\\{char}`", "besides `\\d` a backslash stands before a sign, as in `\\.`")

    def _set(self) -> None:
        if self.rest.startswith("]"):
            raise UnsafePattern("has a set of nothing", "name what may stand there, as in `[A-Z]`")
        while not self._take("]"):
            char = self.rest[:1]
            if self._take("\\"):
                self._escape()
            elif char in _IN_SETS or not char.isascii():
                self.rest = self.rest[1:]
                self._take_range(char)
            else:
                raise UnsafePattern(
                    f"has `{char}` in a set" if char else "opens a set that it does not close",
                    "in a set stand characters, ranges as in `A-Z`, and signs after a backslash",
                )

    def _take_range(self, first: str) -> None:
        if not self._take("-"):
            return
        last, self.rest = self.rest[:1], self.rest[1:]
        if not (first.isalnum() and last.isalnum() and first <= last):
            raise UnsafePattern(f"has the range `{first}-{last}`", "write it as in `A-Z`, and a dash as `\\-`")

    def _take(self, char: str) -> bool:
        taken = self.rest.startswith(char)
        self.rest = self.rest[taken:]
        return taken


_INSTEAD = {
    "*": "write how often at the most, as in `{0,20}`",
    "+": "write how often at the most, as in `{1,20}`",
    "{": "a repeat is written as in `{3}` or `{1,3}`, after what is repeated",
    "?": "it stands after what is optional",
    "^": "leave it out: a value is matched whole",
    "$": "leave it out: a value is matched whole",
    ".": "write a dot as `\\.`, and any of some characters as in `[A-Z0-9]`",
}


def _ways_of_repeat(ways: int, least: int, most: int) -> int:
    total, power = 0, 1
    for times in range(most + 1):
        total = _bounded(total + power) if times >= least else total
        power = _bounded(power * ways)
    return total


def _bounded(ways: int) -> int:
    """Ways, but that more than too many are not counted."""
    return min(ways, MOST_WAYS + 1)
