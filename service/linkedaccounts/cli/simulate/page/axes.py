"""What the charts of the page share: months from left to right, and marks where prices and caps changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from linkedaccounts.workbench.svg import INK, LINE, drawing, element

WIDTH, HEIGHT = 9.6, 3.2
PANEL_HEIGHT = 1.75
"""Inches, as all sizes of this file; a panel is one of several small charts."""
COLUMNS = 3
HEADROOM = 1.05
"""So much higher than the highest value an axis reaches."""
LABELS = 8
"""Months that are written below an axis, at the most."""
Numbered = Sequence[tuple[int, float]]
"""The numbers of changes, and where on the axis of months each begins to count."""


@contextmanager
def chart(
    name: str, unit: str, months: Sequence[str], marks: Numbered = ()
) -> Iterator[tuple[Axes, Callable[[], str]]]:
    """Axes to draw on, a place for each month, and what makes an `svg` element of them when all is drawn."""
    with drawing(name):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = figure.add_subplot()
        plain(axes, months, LABELS)
        axes.set_ylabel(unit, color=INK)
        mark(axes, marks)

        def drawn() -> str:
            axes.set_ylim(top=axes.dataLim.ymax * HEADROOM or 1)
            legend(figure, axes)
            return element(figure)

        yield axes, drawn


@contextmanager
def panels(
    name: str, titles: Sequence[str], months: Sequence[str]
) -> Iterator[tuple[Sequence[Axes], Callable[[], str]]]:
    """Small charts side by side, each with a title, and what makes one `svg` element of them."""
    with drawing(name):
        rows = -(-len(titles) // COLUMNS)
        figure = Figure(figsize=(WIDTH, rows * PANEL_HEIGHT + 0.35), layout="constrained")
        grid: Any = figure.subplots(rows, COLUMNS, squeeze=False)
        all_axes: list[Axes] = list(grid.flat)
        for axes, title in zip(all_axes, titles, strict=False):
            plain(axes, months, LABELS // COLUMNS)
            axes.set_title(title, color=INK, fontsize="medium", loc="left", weight="bold")
        for axes in all_axes[len(titles) :]:
            axes.set_visible(False)

        def drawn() -> str:
            legend(figure, all_axes[0])
            return element(figure)

        yield all_axes[: len(titles)], drawn


def plain(axes: Axes, months: Sequence[str], labels: int) -> None:
    """The look of all of them, with ``labels`` months written below at the most."""
    step = -(-len(months) // labels)
    axes.set_xticks(range(0, len(months), step), months[::step])
    axes.set_xlim(-0.6, len(months) - 0.4)
    axes.tick_params(which="both", colors=INK, length=0)
    axes.grid(visible=True, axis="y", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")


def mark(axes: Axes, marks: Numbered) -> None:
    """A dashed line where a change begins to count, with its number on top."""
    for number, place in marks:
        axes.axvline(place, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        where: Any = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        axes.annotate(str(number), (place, 1.0), xytext=(0, 3), ha="center", color=INK, weight="bold", **where)


def legend(figure: Figure, axes: Axes) -> None:
    """The names of what is drawn, below it."""
    handles, names = axes.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names), frameon=False, labelcolor=INK)
