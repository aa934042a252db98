"""Amounts over time as a step chart."""

from __future__ import annotations

from datetime import UTC, date, datetime

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from linkedaccounts.workbench.site.values_view import Series, Step
from linkedaccounts.workbench.svg import ACCENT, INK, drawing, element


def step_chart(series: Series, since: date, through: date) -> str:
    """The amounts that hold from ``since`` through ``through``, each written where it begins; an `svg` element."""
    with drawing(series.name):
        figure = Figure(figsize=(7.2, 2.4), layout="constrained")
        axes = figure.add_subplot()
        for step in series.steps:
            _draw(axes, step, since, through)
        _plain(axes, since, through)
        return element(figure)


def _draw(axes: Axes, step: Step, since: date, through: date) -> None:
    first, last = max(step.since, since), min(step.through or through, through)
    if first > last:
        return
    begin, end = _day(first), _day(last) + 1
    amount = float(step.amount.amount)  # a height on paper; the exact amount is written beside it
    axes.hlines(amount, begin, end, colors=ACCENT, linewidth=3)
    axes.annotate(str(step.amount), (begin, amount), xytext=(2, 6), textcoords="offset points", color=INK)


def _day(day: date) -> int:
    """A day as matplotlib counts them: since that of Unix."""
    return (day - datetime.fromtimestamp(0, UTC).date()).days


def _plain(axes: Axes, since: date, through: date) -> None:
    axes.xaxis_date()
    axes.set_xlim(_day(since), _day(through))
    axes.set_ylim(bottom=0, top=axes.get_ylim()[1] * 1.25)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.tick_params(colors=INK)
    axes.set_yticks([])
