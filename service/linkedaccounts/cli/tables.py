"""The plain look of the command's tables: no frame, one rule under the headings, two spaces between columns."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


def console() -> Console:
    """Standard output, as wide as the terminal (80 where there is none), printing texts as they are."""
    return Console(highlight=False, markup=False, emoji=False)


def plain_table() -> Table:
    """A table of short columns."""
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")


def footnotes(notes: Iterable[tuple[str, Text]]) -> Table:
    """Marks with their texts beside them, wrapped clear of the marks."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for mark, text in notes:
        table.add_row(Text(mark), text)
    return table
