"""Charts as SVG that takes its colours and fonts from the page around it."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from typing import Literal

import matplotlib as mpl
from matplotlib.figure import Figure

INK, ACCENT = "#010203", "#040506"
"""Colours that stand for those of the page; no drawing has them by itself."""

_COLOURS = {INK: "currentColor", ACCENT: "var(--accent)"}


def drawing(name: str) -> AbstractContextManager[None]:
    """Within it, charts are drawn for a page, and ``element`` makes the same SVG of the same chart of that name."""
    # Text stays text, so that the page's font shows it; ids are made from the salt, so that pages can be compared.
    return mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "sans-serif"})


def element(figure: Figure, bounds: Literal["tight"] | None = None) -> str:
    """The drawing as an `svg` element, on the page's ground; "tight" bounds are those of what is drawn."""
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, bbox_inches=bounds, metadata={"Date": None, "Creator": None})
    drawn = out.getvalue()
    for stands_for, colour in _COLOURS.items():
        drawn = drawn.replace(stands_for, colour)
    return drawn[drawn.index("<svg") :]
