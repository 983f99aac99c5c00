"""Where panels stand: rows of lines of panels, on Grafana's grid of 24 columns.

A line that is wider or narrower than the grid is an error, so panels never overlap or leave holes.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from grafana_foundation_sdk.models.dashboard import GridPos, RowPanel
from grafana_foundation_sdk.models.dashboard import Panel as Built

from grafana.panels import Panel

COLUMNS = 24
TITLE_HEIGHT = 1


class Line(msgspec.Struct, frozen=True):
    """Panels beside each other, all of one height, each with its width in columns."""

    height: int
    panels: tuple[tuple[Panel, int], ...]


class Row(msgspec.Struct, frozen=True):
    """A title and the lines below it."""

    title: str
    lines: tuple[Line, ...]


def line(height: int, *panels: tuple[Panel, int]) -> Line:
    """Return a line. Raises ValueError when its widths do not add up to the grid."""
    width = sum(columns for _, columns in panels)
    if width != COLUMNS:
        raise ValueError(f"a line of {len(panels)} panels is {width} columns wide, not {COLUMNS}")
    return Line(height, panels)


def evenly(height: int, *panels: Panel) -> Line:
    """Return a line of panels of one width. Raises ValueError when they cannot fill the grid."""
    return line(height, *((panel, COLUMNS // len(panels)) for panel in panels))


def place(rows: Iterable[Row]) -> list[RowPanel | Built]:
    """Return every panel at its place, with ids counted from 1, row titles among them."""
    placed: list[RowPanel | Built] = []
    y = 0
    for row in rows:
        title = GridPos(h=TITLE_HEIGHT, w=COLUMNS, x=0, y=y)
        placed.append(RowPanel(title=row.title, grid_pos=title, id_val=len(placed) + 1))
        y += TITLE_HEIGHT
        for current in row.lines:
            x = 0
            for panel, width in current.panels:
                placed.append(_at(panel, GridPos(h=current.height, w=width, x=x, y=y), placed))
                x += width
            y += current.height
    return placed


def _at(panel: Panel, position: GridPos, before: list[RowPanel | Built]) -> Built:
    built = panel.build()
    if any(built is other for other in before):
        raise ValueError(f"panel {built.title!r} is placed twice")
    built.id_val = len(before) + 1
    built.grid_pos = position
    return built
