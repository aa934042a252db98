"""What is policy stands in rules/ and nowhere in the code: no store, country, currency, price or date."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.architecture.sources import PACKAGE, ROOT, modules, nodes, where

CODE = re.compile(r"[A-Z]{2,3}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PRICE = re.compile(r"\d+\.\d+")
# The currency that the ECB publishes against: a fact of the published file, not of the catalogue.
SAID_BY_A_SOURCE = {("storage", "EUR")}
# How alike two words must be for "did you mean" is no amount.
LIKENESS_OF_WORDS = PACKAGE / "policy" / "problems.py"


@pytest.fixture(scope="module")
def codes() -> set[str]:
    """Every code of a store, a country or a currency that the rule files mention."""
    files = sorted((ROOT / "rules").rglob("*.yaml"))
    words = {word for file in files for word in words_of(YAML(typ="safe", pure=True).load(file))}
    return {word for word in words if CODE.fullmatch(word)}


def test_the_rule_files_do_mention_codes(codes: set[str]) -> None:
    assert len(codes) > 20


def test_no_code_of_the_catalogue_stands_in_the_code(codes: set[str]) -> None:
    found = [
        f"{path_and_line} says {text!r}"
        for layer, path_and_line, text in strings()
        if text in codes and (layer, text) not in SAID_BY_A_SOURCE
    ]

    assert found == []


@pytest.mark.parametrize("form", [DAY, PRICE], ids=["a date", "a price"])
def test_none_stands_in_the_code_as_text(form: re.Pattern[str]) -> None:
    assert [f"{place} says {text!r}" for _, place, text in strings() if form.fullmatch(text)] == []


def test_no_date_is_made_of_numbers_in_the_code() -> None:
    def made_of_numbers(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name | ast.Attribute)
            and ast.unparse(node.func).split(".")[-1] in {"date", "datetime"}
            and bool(node.args)
            and all(isinstance(argument, ast.Constant) for argument in node.args)
        )

    assert places(made_of_numbers) == []


@pytest.mark.parametrize("layer", ["domain", "policy"])
def test_arithmetic_is_exact(layer: str) -> None:
    def inexact(node: ast.AST) -> bool:
        is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
        return is_float or (isinstance(node, ast.Name) and node.id == "float")

    assert places(inexact, layer, besides=LIKENESS_OF_WORDS) == []


def places(matches: Callable[[ast.AST], bool], layer: str = ".", besides: Path | None = None) -> list[str]:
    """Where the code of a layer, by default of all, has what matches."""
    return [
        f"{where(path, node)} {ast.unparse(node)}"
        for path in modules(PACKAGE / layer)
        if path != besides
        for node in nodes(path)
        if isinstance(node, ast.expr) and matches(node)
    ]


def strings() -> Iterator[tuple[str, str, str]]:
    """Each text in the code: the layer that it stands in, its place, and itself."""
    for path in modules():
        for node in nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path.relative_to(PACKAGE).parts[0], where(path, node), node.value


def words_of(content: Any) -> Iterator[str]:
    """Every text in a YAML document, the keys of its tables included."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from words_of(key)
            yield from words_of(value)
    elif isinstance(content, list):
        for item in content:
            yield from words_of(item)
