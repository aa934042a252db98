"""What the documents say is so."""

from __future__ import annotations

import re
from pathlib import Path

import grimp

from linkedaccounts.application.refusals import texts
from linkedaccounts.domain.details import DetailKind
from linkedaccounts.domain.preference import PREFERENCES
from linkedaccounts.policy.check_conditions import operators
from linkedaccounts.policy.decisions import DECISIONS, EFFECT_SAYS
from linkedaccounts.policy.vocabulary import FactType, facts_of_message

DOCS = Path(__file__).parents[2] / "docs"


def words(name: str) -> set[str]:
    """Everything that a document sets as code, and the words within it."""
    text = re.sub(r"```.*?```", "", (DOCS / name).read_text("utf-8"), flags=re.DOTALL)
    code = re.findall(r"`([^`]+)`", text)
    return {word for text in code for word in (text, *re.split(r"[^\w.-]+", text))}


def test_every_reason_is_in_the_table_of_errors() -> None:
    assert set(texts()) <= words("errors.md")


def test_the_table_of_errors_has_no_reason_that_is_never_given() -> None:
    documented = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", (DOCS / "errors.md").read_text("utf-8")))
    statuses = {
        "INVALID_ARGUMENT",
        "FAILED_PRECONDITION",
        "RESOURCE_EXHAUSTED",
        "DEADLINE_EXCEEDED",
        "PERMISSION_DENIED",
        "NOT_FOUND",
    }
    assert documented - statuses == set(texts())


def test_the_page_for_editors_names_every_fact_effect_operator_and_placeholder() -> None:
    known = words("rules.md")
    for form in DECISIONS.values():
        assert form.effects <= known
        assert form.says <= known
        assert {path.rpartition(".")[2] for path in facts_of_message(form.facts, {})} <= known
    assert {operator for kind in FactType for operator in operators(kind)} <= known
    assert {name for names in EFFECT_SAYS.values() for name in names} <= known
    assert set(PREFERENCES) <= known
    assert {kind.value for kind in DetailKind} <= known


def imports() -> set[tuple[str, str]]:
    """Which part of the package imports which, by its first name below the package."""
    graph = grimp.build_graph("linkedaccounts")
    pairs = (
        (importer.split(".")[1], imported.split(".")[1])
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if importer.count(".") and imported.count(".")
    )
    return {(importer, imported) for importer, imported in pairs if importer != imported}


def test_the_picture_of_the_architecture_shows_the_imports_that_there_are() -> None:
    page = (DOCS / "architecture.md").read_text("utf-8")
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)$", page, flags=re.MULTILINE))
    reachable = set(drawn)
    while further := {(a, d) for a, b in reachable for c, d in drawn if b == c} - reachable:
        reachable |= further
    assert drawn <= imports()
    assert imports() <= reachable
