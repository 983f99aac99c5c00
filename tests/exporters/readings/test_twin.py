"""Compared orders are counted by agreement, and their sizes by side."""

from prometheus_client import CollectorRegistry

from bot.domain.agreement import Agreement
from bot.domain.twin_events import OrderCompared
from exporters.prometheus import PrometheusSink
from tests.exporters.samples import MARKET, SLUG, sample


def test_each_comparison_counts_once_with_both_sizes() -> None:
    """The other agreements stay at 0, where they are from the start."""
    registry = CollectorRegistry()
    sink = PrometheusSink(registry, [MARKET])
    sink.publish(sample(OrderCompared))
    sink.publish(sample(OrderCompared, filled_production=5_000_000, agreement=Agreement.BOTH))
    counted = {
        each: registry.get_sample_value(
            "pmm_twin_orders_total", {"market": SLUG, "agreement": each}
        )
        for each in Agreement
    }
    shares = [
        registry.get_sample_value("pmm_twin_filled_shares_total", {"market": SLUG, "by": by})
        for by in ("paper", "production")
    ]
    assert {"both": 1, "only_paper": 1, "only_production": 0, "neither": 0} == counted
    assert [8.0, 5.0] == shares
