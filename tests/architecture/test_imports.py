from __future__ import annotations

import ast
import sys

import pytest
from importlinter import cli

from tests.architecture.sources import PACKAGE, ROOT, modules, nodes, where


def test_the_import_contracts_of_pyproject_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = cli.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)

    assert exit_code == 0, capsys.readouterr().out


def test_the_domain_is_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"linkedaccounts"}
    foreign = [
        f"{where(path, node)} imports {name}"
        for path in modules(PACKAGE / "domain")
        for node in nodes(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported(node)
        if name.split(".")[0] not in allowed
    ]

    assert foreign == []


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The absolute names of what a statement imports from."""
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "."]
