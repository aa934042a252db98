"""Charts of what a candidate changes, as SVG that takes the colours of the page around it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure

from linkedaccounts.workbench.backtest.report import Group

INK = "#010203"
"""Stands for the colour of the page's text until the chart is in it."""
UP, DOWN = "#d1495b", "#2a9d8f"
MOST_LABELS = 24


def chart(groups: Sequence[Group], reporting: str) -> str:
    """Bars, one a group: up for what sellers pay more, down for less, in the reporting currency."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "backtest", "font.family": "sans-serif"}):
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
        axes.patch.set_alpha(0)
        figure.patch.set_alpha(0)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", bbox_inches="tight", metadata={"Date": None})
    return _embedded(drawn.getvalue())


def _embedded(svg: str) -> str:
    """The picture alone, as wide as the page lets it be, in the colour of the page's text."""
    picture = svg[svg.index("<svg") :].replace(INK, "currentColor")
    picture = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", picture, count=1, flags=re.DOTALL)
    return re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", picture, count=1, flags=re.DOTALL)
