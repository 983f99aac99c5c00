"""Health shows what is alive and what gets through."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard, RowPanel

from grafana.boards import health


def titles(board: Dashboard) -> list[str]:
    """The titles of the panels."""
    return [p.title or "" for p in board.panels or [] if not isinstance(p, RowPanel)]


def test_an_alert_leads_to_its_heading_in_the_runbook() -> None:
    """The name of the alert is a link."""
    panels = [p for p in health.build().panels or [] if not isinstance(p, RowPanel)]
    [firing] = [p for p in panels if p.title == "Firing now"]
    assert firing.field_config is not None
    [override] = [o for o in firing.field_config.overrides if o.matcher.options == "alertname"]
    assert "/public/pmm/runbook.html#${__value.text}" in str(override.properties[0].value)


def test_every_link_of_the_chain_is_watched() -> None:
    """Process, feed, books, journal and shipper."""
    assert {
        "Answering to Prometheus",
        "Feed latency, median",
        "Books",
        "Journal lag",
        "Shipper lag",
    } <= set(titles(health.build()))
