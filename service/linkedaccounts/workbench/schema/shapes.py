"""What schemas are made of: mappings, lists, choices, days, money, sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Any, TypeAlias

from linkedaccounts.domain.money import Currency
from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.findings import MOST

Schema: TypeAlias = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"

_MADE = "Written by `linked-accounts policy schema --write`: do not edit."

WORD: Schema = {"type": "string", "minLength": 1}
"""A text, not empty."""


def said(text: str, schema: Schema) -> Schema:
    """A schema with what an editor shows beside it; ``text`` is Markdown."""
    return {**schema, "description": text} | ({"markdownDescription": text} if "`" in text else {})


def ref(name: str) -> Schema:
    """What the definition of this name takes."""
    return {"$ref": f"#/definitions/{name}"}


def mapping(needed: Mapping[str, Schema], besides: Mapping[str, Schema] | None = None) -> Schema:
    """A mapping with every needed key, and no key that is not named here."""
    properties = {**needed, **(besides or {})}
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": list(needed)} if needed else {})


def keyed(entry: Schema, pattern: str, rule: str, longest: int | None = None) -> Schema:
    """A mapping whose keys match a pattern, which ``rule`` puts in words."""
    names: Schema = {"pattern": f"^(?:{pattern})$", "patternErrorMessage": rule}
    if longest:
        names |= {"maxLength": longest}
    return {"type": "object", "additionalProperties": entry, "propertyNames": names}


def listing(item: Schema, least: int = 1) -> Schema:
    """A list of at least so many items."""
    return {"type": "array", "items": item, "minItems": least}


def one_or_more(item: Schema) -> Schema:
    """An item, or a list of them."""
    return {"anyOf": [item, listing(item)]}


def one_of(words: Mapping[str, str], rule: str = "") -> Schema:
    """One of some words, each with its hover text, which may be empty; any word if there are none.

    ``rule`` says what to do about a word that is none of them.
    """
    if not words:
        return WORD
    schema: Schema = {"type": "string", "enum": list(words)}
    texts = list(words.values())
    if any(texts):
        schema["enumDescriptions"] = texts
    if any("`" in text for text in texts):
        schema["markdownEnumDescriptions"] = texts
    return schema | ({"errorMessage": f"{rule}: {', '.join(words)}"} if rule else {})


def whole_number(least: int = 0, most: int = MOST) -> Schema:
    """A whole number between bounds, which it may be."""
    return {"type": "integer", "minimum": least, "maximum": most}


def matching(pattern: str, rule: str, longest: int | None = None) -> Schema:
    """A text that matches a pattern whole; ``rule`` puts it in words."""
    schema: Schema = {"type": "string", "pattern": f"^(?:{pattern})$", "patternErrorMessage": rule}
    return schema | ({"maxLength": longest} if longest else {})


_THIRTY_ONE, _THIRTY, _TWENTY_EIGHT = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|[12][0-9]|30)", "(0[1-9]|1[0-9]|2[0-8])"
_USUAL = f"[0-9]{{4}}-((0[13578]|1[02])-{_THIRTY_ONE}|(0[469]|11)-{_THIRTY}|02-{_TWENTY_EIGHT})"
_FOURTH = "(0[48]|[2468][048]|[13579][26])"
_LEAP = f"([0-9]{{2}}{_FOURTH}|([02468][048]|[13579][26])00)-02-29"

DAY = matching(f"(?!0000)({_USUAL}|{_LEAP})", "a calendar day, as in 2019-09-30")
"""A day of the calendar, leap years and all."""


def money(currencies: Iterable[Currency]) -> Schema:
    """An amount with one of the currencies, and no more decimals than it has."""
    by_digits = groupby(sorted(currencies, key=_digits_and_code), key=lambda currency: currency.minor_digits)
    codes = {digits: [currency.code for currency in group] for digits, group in by_digits}
    if not codes:
        return WORD
    forms = (f"{_decimals(digits)} +({'|'.join(group)})" for digits, group in codes.items())
    known = ", ".join(sorted(code for group in codes.values() for code in group))
    rule = f"an amount with its currency, as in `39.99 USD`, and no more decimals than the currency has: {known}"
    return {**matching(f"0*({MOST}|[0-9]{{1,{len(str(MOST)) - 1}}})({'|'.join(forms)})", rule), "errorMessage": rule}


def _digits_and_code(currency: Currency) -> tuple[int, str]:
    return currency.minor_digits, currency.code


def _decimals(digits: int) -> str:
    return rf"(\.[0-9]{{1,{digits}}}0*)?" if digits else r"(\.0+)?"


def sentences(placeholders: Collection[str] = ()) -> Schema:
    """A sentence in every language, in which these placeholders may stand."""
    names = "|".join(sorted(placeholders))
    part = r"[^{}]|\{\{|\}\}" + (rf"|\{{({names})\}}" if names else "")
    listed = ", ".join(f"`{{{name}}}`" for name in sorted(placeholders)) or "none"
    rule = f"placeholders that may stand here: {listed}; a brace that is none is written twice"
    return mapping({language: matching(f"({part})+", rule) for language in LANGUAGES})


def document(what: str, root: Schema, pool: Mapping[str, Schema]) -> Schema:
    """A schema that stands by itself, with those definitions of the pool that it needs."""
    needed: set[str] = set()
    looked_at = [root]
    while looked_at:
        names = set(_references(looked_at.pop())) - needed
        needed |= names
        looked_at.extend(pool[name] for name in names)
    definitions = {name: pool[name] for name in sorted(needed)}
    return {"$schema": DRAFT, "$comment": _MADE, **said(what, root), "definitions": definitions}


def _references(part: Any) -> Iterable[str]:
    """The names of the definitions that a part of a schema refers to."""
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            yield reference.rpartition("/")[2]
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)
