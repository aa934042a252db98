"""An explanation as a tree on the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from linkedaccounts.policy.explanation_words import MARKS, Line

COLOURS = {MARKS[True]: "green", MARKS[False]: "red", MARKS[None]: "yellow"}


def print_tree(console: Console, lines: Iterable[Line]) -> None:
    """Prints the lines, the first ones as headings."""
    for line in lines:
        tree = Tree(Text(line.text, style="bold"), guide_style="dim")
        _grow(tree, line.below)
        console.print(tree)
    console.print()


def _grow(tree: Tree, lines: Iterable[Line]) -> None:
    for line in lines:
        mark = (f"{line.mark} ", COLOURS[line.mark]) if line.mark else ""
        place = (f"  {line.place.file}:{line.place.line}", "dim") if line.place else ""
        _grow(tree.add(Text.assemble(mark, line.text, place)), line.below)
