"""Charts of what a candidate changes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matplotlib.figure import Figure

from linkedaccounts.workbench.backtest.report import Group
from linkedaccounts.workbench.svg import INK, drawing, element

UP, DOWN = "#d1495b", "#2a9d8f"
MOST_LABELS = 24


def chart(groups: Sequence[Group], reporting: str) -> str:
    """Bars, one a group: up for what sellers pay more, down for less, in the reporting currency."""
    with drawing("backtest"):
        figure = Figure(figsize=(9, 3))
        axes = figure.add_subplot()
        heights = [float(group.together) for group in groups]  # a picture is drawn in floats
        axes.bar(range(len(groups)), heights, color=[UP if height > 0 else DOWN for height in heights], width=0.7)
        axes.axhline(0, color=INK, linewidth=0.8)
        step = -(-len(groups) // MOST_LABELS)
        shown = range(0, len(groups), step or 1)
        axes.set_xticks(list(shown), [groups[index].name for index in shown], rotation=45, ha="right")
        axes.set_ylabel(reporting, color=INK)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
        axes.tick_params(colors=INK)
        for side, spine in axes.spines.items():
            spine.set_visible(side == "left")
            spine.set_color(INK)
        return _as_wide_as_the_page(element(figure, "tight"))


def _as_wide_as_the_page(picture: str) -> str:
    picture = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", picture, count=1, flags=re.DOTALL)
    return re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", picture, count=1, flags=re.DOTALL)
