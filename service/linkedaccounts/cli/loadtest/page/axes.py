"""What the charts of the report share: time from left to right, milliseconds by factors, marks where something was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from linkedaccounts.loadtest.effects import Incident
from linkedaccounts.workbench.svg import INK, LINE, drawing, element

WIDTH, HEIGHT, TALL = 9.6, 2.6, 3.6
"""Inches, as all sizes of this file."""
LABEL, LEFT, RIGHT, TOP = 0.2, 0.8, 0.35, 0.25
"""Where the unit stands, and margins: the same for all, so that what happened at one time stands in one line."""
TICKS, LEGEND_ROW = 0.32, 0.24
"""Below the axes: the room for the numbers, and for each row of names."""
COLUMNS = 5


@contextmanager
def chart(name: str, ylabel: str, height: float = HEIGHT) -> Iterator[tuple[Axes, Callable[[], str]]]:
    """Axes to draw on, and what makes an `svg` element of them when all is drawn."""
    with drawing(name):
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_subplot()
        axes.set_ylabel(ylabel, color=INK)
        axes.yaxis.set_label_coords(LABEL / WIDTH, 0.5, transform=figure.transFigure)
        axes.tick_params(which="both", colors=INK, length=0)
        axes.tick_params(axis="x", pad=6)
        axes.grid(visible=True, color=LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color(INK)
        yield axes, lambda: element(figure)


def in_milliseconds(axes: Axes) -> None:
    """Latencies differ by factors: a pause of a second and an answer of a millisecond are both to be seen."""
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.yaxis.set_minor_formatter(lambda value, _: f"{value:,g}" if str(f"{value:e}")[0] in "25" else "")


def over_time(axes: Axes, seconds: float) -> None:
    """The time that was measured, from the left to the right."""
    axes.set_xlim(0, max(seconds, 1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g} s")


def mark(axes: Axes, incidents: Sequence[Incident], runs: Sequence[int]) -> None:
    """A dashed line where something happened, with its number on top; a plain one where another run begins."""
    for second in runs:
        axes.axvline(second, color=INK, linewidth=0.8)
    for number, incident in enumerate(incidents, start=1):
        axes.axvline(incident.second + 0.5, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        place = (incident.second + 0.5, 1.0)
        axes.annotate(
            str(number),
            place,
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            color=INK,
            weight="bold",
        )


def legend(axes: Axes, height: float) -> None:
    """The names of the lines, below them, in as many rows as it takes; ``height`` is the chart's."""
    figure = axes.get_figure(root=True)
    assert figure
    names = axes.get_legend_handles_labels()[1]
    below = TICKS + LEGEND_ROW * -(-len(names) // COLUMNS)
    axes.set_position((LEFT / WIDTH, below / height, (WIDTH - LEFT - RIGHT) / WIDTH, (height - below - TOP) / height))
    axes.legend(
        loc="lower center",
        bbox_to_anchor=((LEFT + (WIDTH - LEFT - RIGHT) / 2) / WIDTH, 0),
        bbox_transform=figure.transFigure,
        borderaxespad=0,
        ncols=COLUMNS,
        frameon=False,
        labelcolor=INK,
    )
