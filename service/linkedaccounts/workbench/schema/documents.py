"""All schemas of a directory of rules, by the name of their file; and which of them a rule file goes by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linkedaccounts.policy.catalogue_draft import CatalogueDraft
from linkedaccounts.policy.check_catalogue import SECTIONS, check_catalogue
from linkedaccounts.policy.check_details import SECTION as DETAILS
from linkedaccounts.policy.check_details import check_details
from linkedaccounts.policy.check_invariants import SECTION as INVARIANTS
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.load import QUOTES, TESTS
from linkedaccounts.policy.source import Scalar, SourceFile, Table
from linkedaccounts.workbench.schema.cases import cases_file
from linkedaccounts.workbench.schema.catalogue import catalogue_file
from linkedaccounts.workbench.schema.facts import fact_definitions
from linkedaccounts.workbench.schema.invariants import invariants_file
from linkedaccounts.workbench.schema.quotes import quotes_file
from linkedaccounts.workbench.schema.rules import rules_file
from linkedaccounts.workbench.schema.shapes import Schema, document

_CATALOGUE, _INVARIANTS, _QUOTES = "catalogue.json", "invariants.json", "quotes.json"


def schemas(files: Sequence[SourceFile]) -> Mapping[str, Schema]:
    """Every schema by file name. The files state the codes that it knows, whatever else may be wrong with them."""
    pool = fact_definitions(_catalogue(files))
    rules = {
        _rules_of(name): document(f"Rules of `{name}`.", rules_file(form), pool) for name, form in DECISIONS.items()
    }
    cases = {
        _cases_of(name): document(f"Cases of `{name}`.", cases_file(form), pool) for name, form in DECISIONS.items()
    }
    catalogue = document("The catalogue.", catalogue_file(), pool)
    invariants = document("Invariants.", invariants_file(), pool)
    quotes = document("Whole quotes as tests.", quotes_file(), pool)
    return {_CATALOGUE: catalogue, _INVARIANTS: invariants, _QUOTES: quotes, **rules, **cases}


def schema_of(path: str, root: Table) -> str | None:
    """The name of the schema that a rule file goes by, from its place and its keys; None if it is of no known kind."""
    is_case = path.startswith(TESTS)
    named = root.get("cases_of") if is_case else root.get("decision") or root.get("rules_of")
    if isinstance(named, Scalar) and named.text in DECISIONS:
        return _cases_of(named.text) if is_case else _rules_of(named.text)
    keys = {key.text for key, _ in root}
    if is_case or not keys:
        return _QUOTES if QUOTES in keys else None
    if keys <= {*SECTIONS, DETAILS}:
        return _CATALOGUE
    return _INVARIANTS if keys == {INVARIANTS} else None


def _catalogue(files: Sequence[SourceFile]) -> CatalogueDraft:
    """What the files state beside rules, as far as it is sound."""
    rules = [file for file in files if not file.path.startswith(TESTS)]
    findings = Findings(rules)
    draft = check_catalogue(rules, findings)
    check_details(rules, draft, findings)
    return draft


def _rules_of(decision: str) -> str:
    return f"{decision}.json"


def _cases_of(decision: str) -> str:
    return f"{decision}.cases.json"
