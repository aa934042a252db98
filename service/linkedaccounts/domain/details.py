"""What a registration must tell of the seller: details, each of a kind, and what may be wrong with what is given.

Reason codes are what a field of a request can be refused for; the sentences that go with them stand elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from unicodedata import category

from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.domain.text import Text

LONGEST = 100
"""How many characters a detail may have unless it says otherwise."""

_LINE_AND_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of characters that no single line of text has: controls, half characters, ends of lines."""

_MAILBOX = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")
_BETWEEN_DIGITS = str.maketrans("", "", " -().")


class DetailKind(Enum):
    """What kind of value a detail has; the value is the word for it in rule files."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    EMAIL = "email"
    PHONE = "phone"
    YES_OR_NO = "yes_or_no"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail that a registration may be asked for.

    ``pattern`` is a regular expression (ASCII classes) that a text must match whole, None if any will do; ``longest``
    counts characters; ``choices`` are the values of a choice, each with its label, empty for every other kind.
    """

    id: str
    label: Text
    kind: DetailKind
    pattern: str | None
    example: str
    longest: int = LONGEST
    choices: Mapping[str, Text] = field(default_factory=dict)

    def problem_with(self, value: str) -> str | None:
        """The reason code of what is wrong with a value as it was given; None if nothing is.

        The value is taken as it stands: to trim it, and to ask for one that is empty, is the caller's.
        """
        if len(value) > self.longest:
            return "DETAIL_TOO_LONG"
        if not is_one_line(value):
            return "DETAIL_NOT_ONE_LINE"
        return None if self._fits(value) else _REASONS[self.kind]

    def _fits(self, value: str) -> bool:
        match self.kind:
            case DetailKind.TEXT:
                return self.pattern is None or re.fullmatch(self.pattern, value, re.ASCII) is not None
            case DetailKind.CHOICE:
                return value in self.choices
            case kind:
                return _FORMS[kind](value)


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _is_phone(value: str) -> bool:
    """A number with its country code, as in ``+49 30 1234567``: 7 to 15 digits (ITU-T E.164), however set apart."""
    digits = value.removeprefix("+").translate(_BETWEEN_DIGITS)
    return value.startswith("+") and _is_number(digits) and 7 <= len(digits) <= 15


_FORMS: Mapping[DetailKind, Callable[[str], bool]] = {
    DetailKind.NUMBER: _is_number,
    DetailKind.DAY: lambda value: parse_day(value) is not None,
    DetailKind.EMAIL: lambda value: _MAILBOX.fullmatch(value) is not None,
    DetailKind.PHONE: _is_phone,
    DetailKind.YES_OR_NO: lambda value: value in {"yes", "no"},
}

_REASONS: Mapping[DetailKind, str] = {
    DetailKind.TEXT: "DETAIL_PATTERN",
    DetailKind.NUMBER: "DETAIL_NOT_A_NUMBER",
    DetailKind.DAY: "DETAIL_NOT_A_DAY",
    DetailKind.EMAIL: "DETAIL_NOT_AN_EMAIL",
    DetailKind.PHONE: "DETAIL_NOT_A_PHONE",
    DetailKind.YES_OR_NO: "DETAIL_NOT_YES_OR_NO",
    DetailKind.CHOICE: "DETAIL_NO_SUCH_CHOICE",
}


def is_one_line(text: str) -> bool:
    """Whether a text has no line break and no other control character; NUL, which PostgreSQL cannot keep, is one."""
    return not any(category(char) in _LINE_AND_CONTROL for char in text)
