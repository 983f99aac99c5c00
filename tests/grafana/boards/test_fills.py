"""Fills come one by one from the time-series store."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard, RowPanel

from grafana.boards import fills


def titles(board: Dashboard) -> list[str]:
    """The titles of the panels."""
    return [p.title or "" for p in board.panels or [] if not isinstance(p, RowPanel)]


def queries(board: Dashboard) -> list[str]:
    """Every query, as text."""
    panels = [p for p in board.panels or [] if not isinstance(p, RowPanel)]
    return [str(t.to_json()["query"]) for p in panels for t in p.targets or []]  # type: ignore[attr-defined]


def test_a_fill_is_drawn_in_yes_terms_whatever_its_token() -> None:
    """A NO token at q is drawn at 1 - q; bids are what raises our YES."""
    drawn = [q for q in queries(fills.build()) if 'AS "bid filled' in q or 'AS "ask filled' in q]
    assert 4 == len(drawn)
    for query in drawn:
        is_no = "\"outcome\" = 'NO'" in query
        is_buy = "\"side\" = 'BUY'" in query
        assert is_no == query.startswith("SELECT 1 - ")
        assert (is_no != is_buy) == ("bid filled" in query)


def test_nothing_comes_from_anywhere_else() -> None:
    """Single fills are not in Prometheus; the table and the refusals have a limit."""
    limited = [query for query in queries(fills.build()) if "LIMIT 500" in query]
    assert 2 == len(limited)
    assert {"Fills against the market", "Fills", "Rejections"} <= set(titles(fills.build()))
