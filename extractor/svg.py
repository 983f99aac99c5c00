"""Figures as SVG text for a page: same bytes for the same drawing, colours from the page."""

from __future__ import annotations

import io
import re
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

SERIES = ("#0a0001", "#0a0002", "#0a0003")
INK, RULE = "#010101", "#020202"
PAGE_COLOURS = {
    SERIES[0]: "var(--s1)",
    SERIES[1]: "var(--s2)",
    SERIES[2]: "var(--s3)",
    INK: "var(--ink)",
    RULE: "var(--rule)",
}
"""Placeholders of the drawing and the page's CSS variables that replace them."""

STYLE: Any = {
    "svg.fonttype": "none",
    "font.size": 11.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 11.5,
    "axes.edgecolor": RULE,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.8,
}
NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


def new_axes(columns: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure in the report's style with a row of axes that share their vertical scale."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 3.4), layout="constrained")
        FigureCanvasSVG(figure)
        return figure, list(figure.subplots(1, columns, sharey=True, squeeze=False)[0])


def to_svg(figure: Figure, name: str) -> str:
    """Return the figure as an `<svg>` element; `name` keeps its ids apart from other figures'."""
    text = io.StringIO()
    style: Any = {**STYLE, "svg.hashsalt": name}
    with mpl.rc_context(style):
        figure.savefig(text, format="svg", metadata=NO_METADATA)
    return _for_page(text.getvalue(), name)


def _for_page(svg: str, name: str) -> str:
    body = svg[svg.index("<svg") :]
    body = re.sub(r' (?:width|height)="[\d.]+pt"', "", body, count=2)
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'id="([a-z_]+\d+)"', rf'id="{name}-\1"', body)
    for placeholder, colour in PAGE_COLOURS.items():
        body = body.replace(placeholder, colour)
    return body.strip()
