"""Charts as SVG that takes its colours and fonts from the page around it."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from typing import Literal

import matplotlib as mpl
from matplotlib.figure import Figure

INK, ACCENT, LINE = "#010203", "#040506", "#070809"
SERIES = ("#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04", "#0a0b05", "#0a0b06")
"""Colours that stand for those of the page, its `--accent`, `--line` and `--series-1` to 6; no drawing has them by
itself."""

_SERIES = {colour: f"var(--series-{number})" for number, colour in enumerate(SERIES, start=1)}
_COLOURS = {INK: "currentColor", ACCENT: "var(--accent)", LINE: "var(--line)"} | _SERIES


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
