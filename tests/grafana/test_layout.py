"""Panels stand beside each other and below each other, and nowhere else."""

from __future__ import annotations

import pytest

from grafana.layout import Row, evenly, line, place
from grafana.panels import Look, Panel, stat_of
from grafana.targets import prom


def panel(title: str = "p") -> Panel:
    """Some panel."""
    return stat_of(Look(title=title, description="d.", unit="s"), prom("up"))


def test_panels_fill_lines_from_left_to_right_and_rows_from_the_top() -> None:
    """Ids count from 1 in the order of reading, row titles among them."""
    rows = [
        Row("first", (line(5, (panel(), 10), (panel(), 14)), evenly(3, panel()))),
        Row("second", (evenly(4, panel(), panel()),)),
    ]
    placed = [(p.id_val, p.grid_pos) for p in place(rows)]
    assert [
        (1, (0, 0, 24, 1)),
        (2, (0, 1, 10, 5)),
        (3, (10, 1, 14, 5)),
        (4, (0, 6, 24, 3)),
        (5, (0, 9, 24, 1)),
        (6, (0, 10, 12, 4)),
        (7, (12, 10, 12, 4)),
    ] == [(i, (at.x, at.y, at.w, at.h)) for i, at in placed if at is not None]


def test_a_line_that_does_not_fill_the_grid_is_refused() -> None:
    """Too wide and too narrow alike."""
    with pytest.raises(ValueError, match="1 panels is 25 columns wide, not 24"):
        line(5, (panel(), 25))
    with pytest.raises(ValueError, match="5 panels is 20 columns wide"):
        evenly(5, *(panel() for _ in range(5)))


def test_a_panel_stands_in_one_place_only() -> None:
    """The SDK gives out the live object: placing it twice would move the first."""
    twice = panel("twice")
    with pytest.raises(ValueError, match="'twice' is placed twice"):
        place([Row("row", (evenly(5, twice, twice),))])
