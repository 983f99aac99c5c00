"""The front page."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard, Panel, RowPanel

from grafana.boards import demo_prod
from grafana.quantities import all_quantities


def panels(board: Dashboard) -> list[Panel]:
    """The panels of a dashboard, without the titles of its rows."""
    return [p for p in board.panels or [] if not isinstance(p, RowPanel)]


def beside(board: Dashboard, title: str) -> list[Panel]:
    """The panels on the line of the one with this title, from left to right."""
    found = panels(board)
    [y] = [p.grid_pos.y for p in found if p.title == title and p.grid_pos]
    line = [p for p in found if p.grid_pos and p.grid_pos.y == y]
    return sorted(line, key=lambda p: p.grid_pos.x if p.grid_pos else 0)


def test_each_quantity_has_demo_left_the_fold_between_and_production_right() -> None:
    """The same unit on both sides, and the fold in the middle."""
    board = demo_prod.build()
    for quantity in all_quantities():
        left, middle, right = beside(board, f"DEMO: {quantity.name}")
        assert f"${{right:text}}: {quantity.name}" == right.title
        assert "DEMO : ${right:text}" == middle.title
        assert left.field_config is not None
        assert right.field_config is not None
        assert left.field_config.defaults.unit == right.field_config.defaults.unit


def test_both_sides_draw_the_same_two_queries() -> None:
    """Own line first: what Grafana scales by is the same, so the scale is."""
    board = demo_prod.build()
    for quantity in all_quantities():
        left, _, right = beside(board, f"DEMO: {quantity.name}")
        asked = [[str(t.to_json()["expr"]) for t in p.targets or []] for p in (left, right)]  # type: ignore[attr-defined]
        assert [quantity.left, quantity.right] == asked[0]
        assert asked[0] == asked[1][::-1]


def test_the_fold_says_why_it_is_empty() -> None:
    """Too few events is no failure, and no agreement either."""
    _, middle, _ = beside(demo_prod.build(), "DEMO: Fill rate")
    assert middle.field_config is not None
    assert "fewer than 30 events on a side" == middle.field_config.defaults.no_value
