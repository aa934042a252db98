"""Facts of style that a reader of the house relies on; what a linter can say, ruff says."""

from __future__ import annotations

import ast
from itertools import chain
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, ROOT, modules, nodes, where

LINES_OF_A_FILE = 250
LINES_OF_A_FUNCTION = 25
SAYING_NOTHING = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_has_one_subject_and_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_OF_A_FILE


def test_a_function_is_short() -> None:
    long = [
        f"{where(path, node)} {node.name}: {lines(node)} lines"
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and lines(node) > LINES_OF_A_FUNCTION
    ]

    assert long == []


def test_names_of_files_and_folders_say_what_they_are_about() -> None:
    places = chain.from_iterable((ROOT / folder).rglob("*") for folder in ("service", "protos", "tests"))

    assert [str(path) for path in places if path.stem in SAYING_NOTHING] == []


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a function's body has, its docstring apart."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
