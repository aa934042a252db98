"""What the architecture tests look at: the files of the repository, and the service's Python as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "service" / "linkedaccounts"
GENERATED = PACKAGE / "v1"


def modules(below: Path = PACKAGE) -> list[Path]:
    """The Python files that people write, in order."""
    return sorted(path for path in below.rglob("*.py") if GENERATED not in path.parents)


def nodes(path: Path) -> Iterator[ast.AST]:
    """Every node of a file's syntax tree."""
    return ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))


def where(path: Path, node: ast.expr | ast.stmt) -> str:
    """A place that an editor can jump to."""
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def kept_files() -> list[Path]:
    """What git tracks, and what it would if it were added now; CalledProcessError outside a clone."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
