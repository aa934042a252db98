"""Second stage, first part: currencies, regions, stores and plans, with their dated tables.

The parts may stand in any files; each code stands once in all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from linkedaccounts.domain.catalogue import Plan, PlanTerms, Region, Store, StoreTerms
from linkedaccounts.domain.money import Currency
from linkedaccounts.domain.plan_split import ByStandardFee, Equally, OnOneStore, Split
from linkedaccounts.domain.rates import Peg
from linkedaccounts.policy.catalogue_draft import CatalogueDraft
from linkedaccounts.policy.check_dated import dated
from linkedaccounts.policy.check_effects import store_preferences
from linkedaccounts.policy.findings import DIRECTORY, Findings, scalars
from linkedaccounts.policy.source import Node, Scalar, SourceFile, Table
from linkedaccounts.policy.time_zones import time_zones

SECTIONS = ("reporting_currency", "currencies", "regions", "stores", "plans")
"""The top-level keys of the catalogue."""

MOST_DIGITS = 4
"""No currency of ISO 4217 has more decimals in its minor unit."""


def check_catalogue(files: Iterable[SourceFile], findings: Findings) -> CatalogueDraft:
    """Reads the catalogue out of all files."""
    draft = CatalogueDraft()
    sections = {name: section(files, name, findings) for name in SECTIONS[1:]}
    draft.region_codes = frozenset(sections["regions"])
    draft.store_codes = frozenset(sections["stores"])
    draft.plan_ids = frozenset(sections["plans"])
    for code, (key, node) in sections["currencies"].items():
        _currency(code, key, node, draft, findings)
    pegged = {code for code, (_, node) in sections["currencies"].items() if isinstance(node, Table) and node.get("peg")}
    for code, (_, node) in sections["currencies"].items():
        _pegs(code, node, pegged, draft, findings)
    for code, (_, node) in sections["regions"].items():
        _region(code, node, draft, findings)
    for code, (key, node) in sections["stores"].items():
        _store(code, key, node, draft, findings)
    for code, (_, node) in sections["plans"].items():
        _plan(code, node, draft, findings)
    _reporting_currency(files, draft, findings)
    _countries_once(draft, sections["stores"], findings)
    return draft


def section(files: Iterable[SourceFile], name: str, findings: Findings) -> dict[str, tuple[Scalar, Node]]:
    """The entries under a top-level key, out of all files; one that stands twice is a problem."""
    found: dict[str, tuple[Scalar, Node]] = {}
    for file in files:
        node = file.root.get(name)
        table = findings.table(node, f"`{name}`") if node is not None else None
        for key, value in table or ():
            if key.text in found:
                first = found[key.text][0].place
                message = f"`{key.text}` stands twice in `{name}`; the first is in {first}"
                findings.add(key.place, "duplicate-id", message, "delete one of them")
            else:
                found[key.text] = (key, value)
    return found


def _reporting_currency(files: Iterable[SourceFile], draft: CatalogueDraft, findings: Findings) -> None:
    nodes = [node for file in files if (node := file.root.get("reporting_currency")) is not None]
    for extra in nodes[1:]:
        message = f"`reporting_currency` stands already in {nodes[0].place}"
        findings.add(extra.place, "duplicate-id", message, "delete one of them")
    if not nodes:
        if not findings.incomplete:
            message = "no rule file states `reporting_currency`"
            findings.add(DIRECTORY, "missing-field", message, "add it, as in `reporting_currency: USD`")
        return
    code = findings.one_of(nodes[0], "currency", draft.currencies, "unknown-currency")
    draft.reporting = draft.currencies.get(code or "")


def _currency(code: str, key: Scalar, node: Node, draft: CatalogueDraft, findings: Findings) -> None:
    if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        message = f"`{code}` is not the code of a currency: three capital letters (ISO 4217)"
        findings.add(key.place, "unknown-currency", message)
        return
    table = findings.table(node, f"currency {code}")
    if table and findings.keys(table, f"currency {code}", ("minor_digits",), ("peg",)):
        digits = findings.whole_number(table.get("minor_digits"), f"`minor_digits` of {code}", 0, MOST_DIGITS)
        if digits is not None:
            draft.currencies[code] = Currency(code, digits)


def _pegs(code: str, node: Node, pegged: Collection[str], draft: CatalogueDraft, findings: Findings) -> None:
    listing = node.get("peg") if isinstance(node, Table) else None
    if listing is None:
        return
    if not scalars(listing):
        findings.add(listing.place, "missing-field", f"the peg of {code} has no entry", "add one, or leave `peg` out")
    pegs: list[Peg] = []
    for item in scalars(listing):
        peg = _peg(code, item, pegged, draft, findings)
        if peg and any(peg.since == other.since for other in pegs):
            message = f"two pegs of {code} hold on {peg.since}"
            findings.add(item.place, "date-overlap", message, "let each begin on a day of its own")
        elif peg:
            pegs.append(peg)
    if pegs:
        draft.pegs[code] = tuple(sorted(pegs, key=lambda peg: peg.since))


def _peg(code: str, item: Node, pegged: Collection[str], draft: CatalogueDraft, findings: Findings) -> Peg | None:
    table = findings.table(item, f"a peg of {code}")
    if table is None or not findings.keys(table, f"a peg of {code}", ("from", "to", "rate")):
        return None
    since = findings.day(table.get("from"), f"`from` of a peg of {code}")
    to = findings.one_of(table.get("to"), "currency", draft.currencies, "unknown-currency")
    rate = findings.decimal(table.get("rate"), f"`rate` of a peg of {code}")
    if rate is not None and rate <= 0:
        message = f"the peg of {code} is above zero; here is `{rate}`"
        findings.add(table.place, "wrong-type", message, f"say how many {code} one {to} is worth")
        return None
    if to in pegged:
        message = f"{code} is pegged to {to}, which is itself pegged"
        findings.add(table.place, "wrong-type", message, "peg it to a currency with rates of its own")
        return None
    return Peg(to, rate, since) if since and to and rate is not None else None


def _region(code: str, node: Node, draft: CatalogueDraft, findings: Findings) -> None:
    table = findings.table(node, f"region {code}")
    if table and findings.keys(table, f"region {code}", ("name",)):
        name = findings.text(table.get("name"), f"the name of region {code}")
        if name:
            draft.regions[code] = Region(code, name)


def _store(code: str, key: Scalar, node: Node, draft: CatalogueDraft, findings: Findings) -> None:
    if not (code.isascii() and code.replace("-", "").isalnum() and code.upper() == code and len(code) <= 16):
        findings.add(
            key.place, "wrong-type", f"`{code}` is no store code: capital letters, digits and dashes, at most 16"
        )
    table = findings.table(node, f"store {code}")
    if table is None or not findings.keys(table, f"store {code}", ("name", "region", "terms"), ("time_zone",)):
        return
    name = findings.text(table.get("name"), f"the name of store {code}")
    region = findings.one_of(table.get("region"), "region", draft.region_codes, "unknown-region")
    terms = dated(
        table.get("terms"),
        f"store {code}",
        lambda entry: _store_terms(code, entry, draft, findings),
        findings,
        ("fee", "countries"),
    )
    zone = _zone(table.get("time_zone"), findings)
    if name and terms and region in draft.regions:
        draft.stores[code] = Store(code, name, draft.regions[region], terms, ZoneInfo(zone))


def _zone(node: Node | None, findings: Findings) -> str:
    """The name of a time zone, UTC if none is stated."""
    return "UTC" if node is None else findings.one_of(node, "time zone", time_zones(), "unknown-time-zone") or "UTC"


def _store_terms(code: str, entry: Table, draft: CatalogueDraft, findings: Findings) -> StoreTerms | None:
    fee = findings.money(entry.get("fee"), f"the fee of store {code}", draft.currencies)
    listing = findings.listing(entry.get("countries"), f"`countries` of store {code}")
    words = [findings.word(item, f"a country of store {code}") for item in listing.items] if listing else []
    countries = tuple(sorted({word for word in words if word}))
    if listing and not listing.items:
        message = f"store {code} has no country in `countries`"
        findings.add(listing.place, "missing-field", message, "name at least one, as in `countries: [US]`")
    for item in listing.items if listing else ():
        if isinstance(item, Scalar) and not (len(item.text) == 2 and item.text.isalpha() and item.text.isupper()):
            findings.add(
                item.place,
                "wrong-type",
                f"`{item.text}` is not the code of a country: two capital letters (ISO 3166-1)",
            )
    return StoreTerms(fee, countries) if fee is not None and countries else None


def _plan(code: str, node: Node, draft: CatalogueDraft, findings: Findings) -> None:
    table = findings.table(node, f"plan {code}")
    if table is None or not findings.keys(table, f"plan {code}", ("name", "terms")):
        return
    name = findings.text(table.get("name"), f"the name of plan {code}")
    terms = dated(
        table.get("terms"),
        f"plan {code}",
        lambda entry: _plan_terms(code, entry, draft, findings),
        findings,
        ("cap", "split"),
    )
    if name and terms:
        draft.plans[code] = Plan(code, name, terms)


def _plan_terms(code: str, entry: Table, draft: CatalogueDraft, findings: Findings) -> PlanTerms | None:
    cap = findings.money(entry.get("cap"), f"the cap of plan {code}", draft.currencies)
    split = _split(entry.get("split"), draft, findings)
    return PlanTerms(cap, split) if cap is not None and split is not None else None


def _split(node: Node | None, draft: CatalogueDraft, findings: Findings) -> Split | None:
    if isinstance(node, Table) and findings.keys(node, "`split`", ("on_one_store",)):
        on = store_preferences(node.get("on_one_store"), draft.store_codes, findings)
        return OnOneStore(on) if on else None
    if isinstance(node, Table):
        return None
    word = findings.one_of(node, "way to split", ("by_standard_fee", "equally", "on_one_store"), "unknown-value")
    if word == "on_one_store":
        assert node is not None
        findings.add(
            node.place,
            "wrong-type",
            "`on_one_store` needs to know which",
            "write it as in `split: {on_one_store: [home, highest_fee]}`",
        )
        return None
    if word == "equally":
        return Equally()
    return ByStandardFee() if word else None


def _countries_once(draft: CatalogueDraft, sections: Mapping[str, tuple[Scalar, Node]], findings: Findings) -> None:
    """A country is in one store at a time."""
    held: dict[str, list[tuple[date, date, str]]] = {}
    for code, store in sorted(draft.stores.items()):
        for entry in store.terms.entries:
            until = entry.through or date.max
            for country in entry.value.countries:
                for since, through, other in held.setdefault(country, []):
                    if since <= until and entry.since <= through:
                        day = max(since, entry.since)
                        message = f"country {country} is in two stores on {day}: {other} and {code}"
                        findings.add(sections[code][0].place, "date-overlap", message, "end it in one of them before")
                held[country].append((entry.since, until, code))
