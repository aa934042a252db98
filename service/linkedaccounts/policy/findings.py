"""The checks' notebook: problems, each with the line it points at; and typed reading of nodes.

Every reader returns None for a node that is not what it should be, having noted why: a check goes on to the end of the
files and lists everything at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from string import Formatter

from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.text import LANGUAGES, Text
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import Problem, Severity, did_you_mean, nearest
from linkedaccounts.policy.source import Listing, Node, Scalar, SourceFile, Table

MOST = 10**9
"""More than any count or amount that is meant; in units of 10⁻⁹ still within the engine's 64-bit integers."""


DIRECTORY = Place(".")
"""The place of what is missing in all files: the rules directory."""


class Findings:
    """Problems found in some files."""

    def __init__(self, files: Iterable[SourceFile], incomplete: bool = False) -> None:
        """``incomplete``: some files could not be read, so that what is nowhere may stand in one of them."""
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.incomplete = incomplete
        self._files = {file.path: file for file in files}

    def add(self, place: Place, code: str, message: str, hint: str = "", counterexample: str = "") -> None:
        """Notes a problem, with the line of the file that it points at."""
        self.problems.append(Problem(place, code, message, hint, self._line(place), counterexample=counterexample))

    def warn(self, place: Place, code: str, message: str, hint: str = "", counterexample: str = "") -> None:
        """Notes what is no reason not to serve, and probably not meant."""
        line = self._line(place)
        self.warnings.append(Problem(place, code, message, hint, line, Severity.WARNING, counterexample))

    def note(self, place: Place, code: str, message: str, hint: str = "", counterexample: str = "") -> None:
        """Notes what is good to know, and may well be meant."""
        self.warnings.append(Problem(place, code, message, hint, self._line(place), Severity.NOTE, counterexample))

    def _line(self, place: Place) -> str:
        file = self._files.get(place.file)
        return file.line(place.line) if file else ""

    def table(self, node: Node | None, what: str) -> Table | None:
        """The node as a mapping."""
        if isinstance(node, Table):
            return node
        self._not(node, f"{what} is a mapping of keys to values")
        return None

    def listing(self, node: Node | None, what: str) -> Listing | None:
        """The node as a list."""
        if isinstance(node, Listing):
            return node
        self._not(node, f"{what} is a list, each item on a line with `- `")
        return None

    def keys(self, table: Table, what: str, needed: Collection[str], allowed: Collection[str] = ()) -> bool:
        """Whether a mapping has every needed key and no unknown one."""
        known = (*needed, *allowed)
        unknown = [key for key, _ in table if key.text not in known]
        missing = [key for key in needed if table.get(key) is None]
        for key in unknown:
            comma = "a comma begins another entry: write a decimal with a point, as in 39.99"
            hint = comma if key.text[:1].isdigit() else did_you_mean(key.text, known)
            self.add(key.place, "unknown-field", f"{what} has no `{key.text}`", hint)
        for needed_key in missing:
            if not any(nearest(key.text, known) == needed_key for key in unknown):
                self.add(table.place, "missing-field", f"{what} needs `{needed_key}`", f"add `{needed_key}:`")
        return not unknown and not missing

    def word(self, node: Node | None, what: str) -> str | None:
        """The node as a text."""
        if isinstance(node, Scalar) and node.kind == "str" and node.text:
            return node.text
        number = isinstance(node, Scalar) and node.kind not in ("str", "null")
        self._not(node, f"{what} is a text", "put it in quotes to make it a text" if number else "")
        return None

    def one_of(self, node: Node | None, what: str, known: Collection[str], code: str) -> str | None:
        """The node as one of the known words."""
        word = self.word(node, f"the {what}")
        if word is None or word in known:
            return word
        assert isinstance(node, Scalar)
        if known or not self.incomplete:
            self.add(node.place, code, f"there is no {what} `{word}`", did_you_mean(word, known))
        return None

    def whole_number(self, node: Node | None, what: str, least: int = 0, most: int = MOST) -> int | None:
        """The node as a whole number from ``least`` to ``most``."""
        plain = isinstance(node, Scalar) and node.kind == "int" and len(node.text) < 20
        if isinstance(node, Scalar) and plain and node.text.lstrip("-").isdecimal():
            number = int(node.text)
            if least <= number <= most:
                return number
        self._not(node, f"{what} is a whole number from {least} to {most:,}", _alone(node))
        return None

    def decimal(self, node: Node | None, what: str) -> Decimal | None:
        """The node as an exact decimal number, written without exponent."""
        numeric = isinstance(node, Scalar) and node.kind in ("int", "float")
        if isinstance(node, Scalar) and numeric and (number := plain_decimal(node.text)) is not None:
            if abs(number) <= MOST:
                return number
            self._not(node, f"{what} is beyond what is counted here ({MOST:,})")
            return None
        self._not(node, f"{what} is a decimal number, as in 39.99", _alone(node))
        return None

    def day(self, node: Node | None, what: str) -> date | None:
        """The node as a calendar day."""
        if isinstance(node, Scalar) and (day := parse_day(node.text)) is not None:
            return day
        self._not(node, f"{what} is a calendar day, as in 2019-09-30")
        return None

    def money(self, node: Node | None, what: str, currencies: Mapping[str, Currency]) -> Money | None:
        """The node as an amount with its currency, as in ``39.99 USD``, not negative."""
        if isinstance(node, Scalar) and node.kind in ("int", "float"):
            self.add(node.place, "float-money", f"{what} needs its currency", f"write it as in `{node.text} USD`")
            return None
        number, _, code = " ".join(node.text.split() if isinstance(node, Scalar) else ()).partition(" ")
        amount = plain_decimal(number)
        if not isinstance(node, Scalar) or amount is None or not code:
            self._not(node, f"{what} is an amount with its currency, as in `39.99 USD`")
        elif not 0 <= amount <= MOST:
            self._not(node, f"{what} is an amount from 0 to {MOST:,}")
        elif code in currencies:
            return self._whole_minor_units(node, what, amount, currencies[code])
        elif currencies or not self.incomplete:
            message = f"there is no currency `{code}` in the catalogue"
            self.add(node.place, "unknown-currency", message, did_you_mean(code, currencies))
        return None

    def _whole_minor_units(self, node: Node, what: str, amount: Decimal, currency: Currency) -> Money | None:
        try:
            return Money.of(amount, currency)
        except ValueError:
            most = f"has {currency.minor_digits} at the most" if currency.minor_digits else "has none"
            self._not(node, f"{what} has too many decimals: {currency} {most}")
            return None

    def text(self, node: Node | None, what: str, placeholders: Collection[str] = ()) -> Text | None:
        """The node as a sentence in every language, all with the same, known placeholders."""
        table = self.table(node, what)
        if table is None:
            return None
        before = len(self.problems)
        unknown = [key for key, _ in table if key.text not in LANGUAGES]
        for key in unknown:
            hint = did_you_mean(key.text, LANGUAGES)
            self.add(key.place, "unknown-language", f"`{key.text}` is not a language of {what}", hint)
        meant = {nearest(key.text, LANGUAGES) for key in unknown}
        sentences = {language: self._sentence(table, language, what) for language in LANGUAGES if language not in meant}
        if len(self.problems) == before:
            self._placeholders(table, what, placeholders)
        if len(self.problems) > before:
            return None
        return Text({language: sentence for language, sentence in sentences.items() if sentence is not None})

    def _sentence(self, table: Table, language: str, what: str) -> str | None:
        node = table.get(language)
        if node is None:
            self.add(table.place, "missing-language", f"{what} is missing in `{language}`", f"add `{language}: …`")
            return None
        return self.word(node, f"{what} in `{language}`")

    def _placeholders(self, table: Table, what: str, known: Collection[str]) -> None:
        used: dict[str, set[str]] = {}
        places: dict[str, Place] = {}
        for language, node in table:
            assert isinstance(node, Scalar)
            names = placeholders_of(node.text)
            if names is None:
                hint = "write a placeholder as `{store}`, and a brace that is none as `{{` or `}}`"
                self.add(
                    node.place, "bad-placeholder", f"{what} has a brace that does not fit in `{language.text}`", hint
                )
                return
            used[language.text] = names & set(known)
            places |= dict.fromkeys(names, node.place)
            for name in sorted(names - set(known)):
                message = f"{what} has no value `{{{name}}}` to fill in"
                self.add(node.place, "unknown-placeholder", message, did_you_mean(name, known))
        for language, node in table:
            for name in sorted(set().union(*used.values()) - used[language.text]):
                message = f"{what} lacks `{{{name}}}` in `{language.text}`, which another language has"
                hint = f"add `{{{name}}}`, or take it out of {places[name]}"
                self.add(node.place, "missing-placeholder", message, hint)

    def _not(self, node: Node | None, expected: str, hint: str = "") -> None:
        if node is not None:
            self.add(node.place, "wrong-type", f"{expected}; here is {_shown(node)}", hint)


def placeholders_of(sentence: str) -> set[str] | None:
    """The names that a sentence has filled in; None if its braces do not fit, or ask for more than a value."""
    try:
        parts = list(Formatter().parse(sentence))
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts):
        return None
    return {name for _, name, _, _ in parts if name is not None}


def plain_decimal(text: str) -> Decimal | None:
    """The decimal of a text of digits with at most one point, and 18 digits at the most; None for anything else."""
    digits = text.lstrip("-")
    whole, point, part = digits.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(digits) <= 18 and text.count("-") <= 1):
        return None
    if point and not (part.isascii() and part.isdigit() and len(part) <= 9):
        return None
    return Decimal(text)


def scalars(node: Node) -> Sequence[Node]:
    """The items of a list, or the node alone."""
    return node.items if isinstance(node, Listing) else (node,)


def _alone(node: Node | None) -> str:
    """What to do about a number with something behind it, such as its unit."""
    more = isinstance(node, Scalar) and node.kind == "str" and node.text[:1].isdigit()
    return "write the number alone" if more else ""


def _shown(node: Node) -> str:
    match node:
        case Scalar(text, kind):
            return "nothing" if kind == "null" or not text else f"`{text}`"
        case Listing():
            return "a list"
        case Table():
            return "a mapping"
