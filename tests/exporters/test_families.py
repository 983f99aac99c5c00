"""Live metrics: all series from the start, and no number that would break a query."""

import math

import pytest
from prometheus_client import CollectorRegistry

from exporters.catalogue import feed, health, money, orders, quoting
from exporters.families import Families

NOT_FINITE = (math.nan, math.inf, -math.inf)


@pytest.fixture
def registry() -> CollectorRegistry:
    """An empty registry."""
    return CollectorRegistry()


@pytest.fixture
def families(registry: CollectorRegistry) -> Families:
    """The maker of metrics for two markets."""
    return Families(registry, ["a", "b"])


def test_every_combination_of_label_values_is_there_at_zero(
    registry: CollectorRegistry, families: Families
) -> None:
    """Two markets and two stages and two outcomes are eight series."""
    families.gauges(money.INVENTORY)
    values = [
        registry.get_sample_value(
            "pmm_inventory_shares", {"market": market, "outcome": outcome, "stage": stage}
        )
        for market in ("a", "b")
        for outcome in ("YES", "NO")
        for stage in ("settled", "pending")
    ]
    assert [0.0] * 8 == values


def test_what_is_not_known_starts_as_nan(registry: CollectorRegistry, families: Families) -> None:
    """A price of 0 would be a lie."""
    families.gauges(quoting.FAIR_PRICE)
    value = registry.get_sample_value("pmm_fair_price_usd", {"market": "a"})
    assert value is not None
    assert math.isnan(value)


@pytest.mark.parametrize("amount", [*NOT_FINITE, 0.0, -1.0])
def test_a_counter_takes_only_what_is_positive_and_finite(
    registry: CollectorRegistry, families: Families, amount: float
) -> None:
    """Anything else leaves it as it is."""
    counters = families.counters(money.FEES)
    counters.add("a", amount=2.5)
    counters.add("a", amount=amount)
    assert 2.5 == registry.get_sample_value("pmm_fees_usd_total", {"market": "a"})


@pytest.mark.parametrize("value", NOT_FINITE)
def test_a_histogram_leaves_out_what_is_not_finite(
    registry: CollectorRegistry, families: Families, value: float
) -> None:
    """Its sum stays a number."""
    histograms = families.histograms(orders.ANSWER_SECONDS)
    histograms.observe("accepted", value=0.5)
    histograms.observe("accepted", value=value)
    labels = {"result": "accepted"}
    assert 0.5 == registry.get_sample_value("pmm_order_answer_seconds_sum", labels)
    assert 1 == registry.get_sample_value("pmm_order_answer_seconds_count", labels)


def test_one_state_is_chosen_among_all(registry: CollectorRegistry, families: Families) -> None:
    """The chosen one is 1, every other 0."""
    gauges = families.gauges(feed.BOOK_STATE)
    states = feed.BOOK_STATE_VALUE.values or ()
    gauges.choose("a", "YES", among=states, chosen="stale")
    gauges.choose("a", "YES", among=states, chosen="valid")
    values = {
        state: registry.get_sample_value(
            "pmm_book_state", {"market": "a", "outcome": "YES", "state": state}
        )
        for state in states
    }
    assert {"invalid": 0.0, "valid": 1.0, "stale": 0.0} == values


def test_unannounced_label_values_are_refused(families: Families) -> None:
    """A series that was not there from the start cannot come later."""
    with pytest.raises(KeyError):
        families.counters(money.FEES).add("c")
    with pytest.raises(KeyError):
        families.gauges(money.EQUITY).set("c", to=1.0)
    with pytest.raises(KeyError):
        families.histograms(orders.TIME_TO_FILL).observe("c", value=math.nan)


def test_a_metric_is_made_as_what_it_is(families: Families) -> None:
    """The kind is the catalogue's."""
    with pytest.raises(ValueError, match="pmm_fees_usd_total"):
        families.gauges(money.FEES)
    with pytest.raises(ValueError, match="pmm_equity_usd"):
        families.counters(money.EQUITY)
    with pytest.raises(ValueError, match="pmm_equity_usd"):
        families.histograms(money.EQUITY)
    with pytest.raises(ValueError, match="pmm_equity_usd"):
        families.info(money.EQUITY)


def test_an_info_shows_its_labels(registry: CollectorRegistry, families: Families) -> None:
    """Its one series is 1."""
    families.info(health.RUN).info({"version": "1"})
    assert 1.0 == registry.get_sample_value("pmm_run_info", {"version": "1"})
