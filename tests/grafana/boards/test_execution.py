"""Execution quality shows both sides of everything."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard, RowPanel

from grafana.boards import execution


def titles(board: Dashboard) -> list[str]:
    """The titles of the panels."""
    return [p.title or "" for p in board.panels or [] if not isinstance(p, RowPanel)]


def test_heatmaps_levels_and_rejections_stand_side_by_side() -> None:
    """Each is there for DEMO and for the other side."""
    found = titles(execution.build())
    for name in (
        "Entry latency",
        "Cancel latency",
        "fill rate by level",
        "rejections by reason",
    ):
        assert f"DEMO: {name}" in found
        assert f"${{right:text}}: {name}" in found


def test_stale_quotes_are_measured_three_ways() -> None:
    """How much, how long, and how often it was filled."""
    assert {
        "Stale exposure",
        "How long a quote stood stale",
        "Fills after the cancel was asked for",
    } <= set(titles(execution.build()))


def test_the_way_from_tick_to_order_is_shown_whole_and_by_stage() -> None:
    """For both sides in one panel: paper has the first stage only."""
    assert {"From tick to order", "From tick to order, by stage"} <= set(titles(execution.build()))
