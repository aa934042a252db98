"""Files of the catalogue: currencies, regions, stores, plans, and details that a registration may be asked for."""

from __future__ import annotations

from collections.abc import Mapping

from linkedaccounts.domain.details import LONGEST, DetailKind
from linkedaccounts.policy.check_catalogue import MOST_DIGITS
from linkedaccounts.policy.check_details import DETAIL_ID, MOST_CHARACTERS
from linkedaccounts.policy.check_rules import LONGEST_ID
from linkedaccounts.policy.time_zones import time_zones
from linkedaccounts.workbench.schema.shapes import (
    DAY,
    WORD,
    Schema,
    keyed,
    listing,
    mapping,
    matching,
    one_of,
    one_or_more,
    ref,
    said,
    sentences,
    whole_number,
)

_NAME = said("What people call it, in every language.", sentences())
_FROM = said("The first day on which this holds.", DAY)
_UNDERSCORED = "small letters, digits and underscores"

_KINDS: Mapping[DetailKind, str] = {
    DetailKind.TEXT: "One line, which may have to match a `pattern`.",
    DetailKind.NUMBER: "A whole number without a sign.",
    DetailKind.DAY: "A calendar day.",
    DetailKind.EMAIL: "An e-mail address.",
    DetailKind.PHONE: "A telephone number with `+` and the country code.",
    DetailKind.YES_OR_NO: "`yes` or `no`.",
    DetailKind.CHOICE: "One of `choices`.",
}


def catalogue_file() -> Schema:
    """Any of the sections of the catalogue; each may stand in any file."""
    sections = {
        "reporting_currency": said("The currency of a quote's overall sums.", ref("currency")),
        "currencies": said(
            "Currencies by ISO 4217 code. One without a peg takes the ECB's reference rates.",
            keyed(_currency(), "[A-Z]{3}", "three capital letters (ISO 4217)"),
        ),
        "regions": said(
            "Regions of the marketplace.", {"type": "object", "additionalProperties": mapping({"name": _NAME})}
        ),
        "stores": said(
            "Countries or regions that have an account, a standard fee and a currency.",
            keyed(_store(), "(?=.*[A-Z0-9])[A-Z0-9-]+", "capital letters, digits and dashes", 16),
        ),
        "plans": said(
            "Plans under which several stores pay one capped fee together.",
            {"type": "object", "additionalProperties": _plan()},
        ),
        "details": said(
            "Details that a registration may be asked for.",
            keyed(_detail(), DETAIL_ID.pattern, _UNDERSCORED, LONGEST_ID),
        ),
    }
    return mapping({}, sections)


def _currency() -> Schema:
    digits = said("How many decimals the minor unit has.", whole_number(0, MOST_DIGITS))
    peg = mapping(
        {
            "from": _FROM,
            "to": said("The currency that it is pegged to.", ref("currency")),
            "rate": said("How many of it one unit of `to` is worth.", {"type": "number", "exclusiveMinimum": 0}),
        }
    )
    return mapping({"minor_digits": digits}, {"peg": said("What it is pegged to, and since when.", one_or_more(peg))})


def _store() -> Schema:
    fee = said("The standard monthly fee; its currency is the store's.", ref("money"))
    country = matching("[A-Z]{2}", "two capital letters (ISO 3166-1)")
    countries = said("The countries in the store; a country is in one store at a time.", listing(country))
    region = said("The region that the store is in.", ref("region"))
    zone = said("The IANA time zone by which the store's days begin; UTC if none is stated.", _zone())
    required = {"name": _NAME, "region": region, "terms": _terms({"fee": fee, "countries": countries})}
    return mapping(required, {"time_zone": zone})


def _zone() -> Schema:
    return one_of(dict.fromkeys(sorted(time_zones()), ""))


def _plan() -> Schema:
    cap = said("What the stores that take part pay together in a month, at the most.", ref("money"))
    words = one_of(
        {
            "by_standard_fee": "In proportion to the standard fees.",
            "equally": "The same for each store, as far as its standard fee allows.",
        }
    )
    on_one = mapping({"on_one_store": said("All on one store, the most wanted first.", ref("preferences"))})
    split = said("How the cap is split. No store pays more than its standard fee.", {"anyOf": [words, on_one]})
    return mapping({"name": _NAME, "terms": _terms({"cap": cap, "split": split})})


def _terms(values: Mapping[str, Schema]) -> Schema:
    """Dated entries."""
    through = said("The last day on which this holds; without it the day before the next entry.", DAY)
    entry = mapping({"from": _FROM, **values}, {"through": through})
    return said("Values that hold from a day on, without gap or overlap.", listing(entry))


def _detail() -> Schema:
    kinds = one_of({kind.value: text for kind, text in _KINDS.items()})
    choices = {**keyed(sentences(), DETAIL_ID.pattern, _UNDERSCORED), "minProperties": 1}
    pattern = "What a text must match whole; docs/rules.md says what may stand in a pattern."
    longest = f"Characters, at most {MOST_CHARACTERS}; {LONGEST} unless stated."
    one = mapping(
        {
            "label": said("What a seller reads, in every language.", sentences()),
            "type": said("What kind of value it has.", kinds),
            "example": said("A value that a seller could give; digits alone go in quotes.", WORD),
        },
        {
            "longest": said(longest, whole_number(1, MOST_CHARACTERS)),
            "pattern": said(pattern, WORD),
            "choices": said("The values of a choice, each with its label in every language.", choices),
        },
    )
    return one | {
        "allOf": [_goes_with(DetailKind.CHOICE, "choices"), _goes_with(DetailKind.TEXT, "pattern", needed=False)]
    }


def _goes_with(kind: DetailKind, key: str, *, needed: bool = True) -> Schema:
    """A key that stands with details of one kind only; where no kind is stated nothing is said about it."""
    of_kind: Schema = {"properties": {"type": {"const": kind.value}}}
    with_kind: Schema = {"required": [key]} if needed else {}
    return {"if": of_kind, "then": with_kind, "else": {"properties": {key: False}}}
