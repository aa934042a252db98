"""What the charts of the report share: time from left to right, milliseconds by factors, marks where something was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from linkedaccounts.loadtest.effects import Incident
from linkedaccounts.workbench.svg import INK, LINE, drawing, element

WIDTH, HEIGHT = 9.6, 2.7
"""Inches, 72 points each."""


@contextmanager
def chart(name: str, ylabel: str, height: float = HEIGHT) -> Iterator[tuple[Axes, Callable[[], str]]]:
    """Axes to draw on, and what makes an `svg` element of them when all is drawn."""
    with drawing(name):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.add_subplot()
        axes.set_ylabel(ylabel, color=INK)
        axes.tick_params(which="both", colors=INK, length=0)
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


def legend(axes: Axes, columns: int) -> None:
    """The names of the lines, below them."""
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=columns, frameon=False, labelcolor=INK)
