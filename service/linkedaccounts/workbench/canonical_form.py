"""The canonical form of rule files: the order of keys, what stands on lines of its own, where an empty line stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.workbench.layout import Entry, Group

WIDTH = 120
"""The widest line that a mapping or list in brackets may make."""


class EmptyLine(Enum):
    """Whether an empty line stands above an entry that follows another."""

    NEVER = auto()
    AS_WRITTEN = auto()
    ALWAYS = auto()


@dataclass(frozen=True, slots=True)
class Shape:
    """How a part of a rule file is written.

    ``keys`` come first, in this order; others follow as written. ``parts`` names the shape of each entry, ``*`` that of
    all others. ``spread``: each entry on a line of its own, however short. ``in_quotes``: a text in `"`.
    """

    keys: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    spread: bool = False
    above: EmptyLine = EmptyLine.NEVER
    in_quotes: bool = False

    def part(self, name: str) -> Shape:
        """The shape of an entry; of the items of a list too, whose name is empty."""
        return SHAPES[self.parts.get(name) or self.parts.get("*", "value")]

    def ordered(self, group: Group) -> list[Entry]:
        """The entries in their canonical order. That of a list says something, and stays."""
        if not group.named:
            return group.entries
        rank = {key: place for place, key in enumerate(self.keys)}
        return sorted(group.entries, key=lambda entry: rank.get(entry.name, len(rank)))


def _all(shape: str, above: EmptyLine = EmptyLine.ALWAYS) -> Shape:
    """Entries of one shape, each on lines of its own."""
    return Shape(parts={"*": shape}, spread=True, above=above)


def _spread(keys: Iterable[str], parts: Mapping[str, str], above: EmptyLine = EmptyLine.AS_WRITTEN) -> Shape:
    return Shape(tuple(keys), parts, spread=True, above=above)


_FILE = {
    **dict.fromkeys(("decision", "rules_of", "combine", "cases_of", "given"), "value"),
    **dict.fromkeys(("reporting_currency", "*"), "section"),
    **{name: name for name in ("currencies", "regions", "stores", "plans", "details", "rules", "invariants", "cases")},
    "otherwise": "rule",
}
_RULE = ("id", "order", "from", "through", "when", "then", "overrides", "reason", "message")
_DETAIL = ("label", "type", "pattern", "longest", "choices", "example")

SHAPES: Mapping[str, Shape] = {
    "file": _spread(_FILE, _FILE),
    "value": Shape(),
    "section": Shape(above=EmptyLine.ALWAYS),
    "texts": Shape(LANGUAGES),
    "message": Shape(LANGUAGES, {"*": "sentence"}, spread=True),
    "sentence": Shape(in_quotes=True),
    "currencies": _all("currency"),
    "currency": Shape(("minor_digits", "peg"), {"peg": "pegs"}, above=EmptyLine.AS_WRITTEN),
    "pegs": _all("peg", EmptyLine.NEVER),
    "peg": Shape(("from", "to", "rate"), above=EmptyLine.AS_WRITTEN),
    "regions": _all("region"),
    "region": Shape(("name",), {"name": "texts"}, above=EmptyLine.AS_WRITTEN),
    "stores": _all("store"),
    "store": _spread(("name", "region", "time_zone", "terms"), {"name": "texts", "terms": "terms"}),
    "plans": _all("plan"),
    "plan": _spread(("name", "terms"), {"name": "texts", "terms": "terms"}),
    "terms": _all("term", EmptyLine.NEVER),
    "term": Shape(("from", "through", "fee", "countries", "cap", "split"), above=EmptyLine.AS_WRITTEN),
    "details": _all("detail"),
    "detail": _spread(_DETAIL, {"label": "texts", "choices": "choices"}, EmptyLine.ALWAYS),
    "choices": _all("choice", EmptyLine.NEVER),
    "choice": Shape(LANGUAGES, above=EmptyLine.AS_WRITTEN),
    "rules": _all("rule"),
    "rule": _spread(_RULE, {"when": "when", "message": "message"}, EmptyLine.ALWAYS),
    "when": Shape(parts={"all": "conditions", "any": "conditions", "not": "condition"}, spread=True),
    "condition": Shape(parts={"all": "conditions", "any": "conditions", "not": "condition"}),
    "conditions": _all("condition", EmptyLine.NEVER),
    "invariants": _all("invariant"),
    "invariant": _spread(("id", "decision", "when", "unknown", "never"), {"when": "when"}, EmptyLine.ALWAYS),
    "cases": _all("case", EmptyLine.NEVER),
    "case": _spread(("name", "facts", "expect"), {}),
}
"""Every part of a rule file, by name. docs/rules.md shows the order of keys."""
