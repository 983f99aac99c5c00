"""The entries on the account at the exchange are asked for at each scrape, and are found."""

from exporters.catalogue import METRICS, Source, exchange


def test_entries_are_in_the_catalogue_and_are_probes() -> None:
    """Dashboards and documents find them; nothing of them is an event."""
    assert all(METRICS[metric.name] is metric for metric in exchange.METRICS)
    assert {Source.PROBE} == {metric.source for metric in exchange.METRICS}
