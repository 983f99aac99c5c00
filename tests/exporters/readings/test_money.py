"""Money as metrics."""

import pytest
from prometheus_client import CollectorRegistry

from bot.domain import events
from exporters.families import Families
from exporters.readings.money import Event, MoneyReadings
from tests.exporters.samples import SLUG, sample

AT_60S = {"market": SLUG, "horizon": "60s"}


def registry_after(*stream: Event | events.OrderFilled | events.OrderRejected) -> CollectorRegistry:
    """The registry after some events."""
    registry = CollectorRegistry()
    readings = MoneyReadings(Families(registry, [SLUG]))
    for event in stream:
        if isinstance(event, events.OrderFilled | events.OrderRejected):
            readings.on_costs(event)
        else:
            readings.read(event)
    return registry


def test_the_mean_cost_of_a_fill_is_losses_less_gains_by_count() -> None:
    """+0.5, -0.75 and 0 cents make -0.25 in three."""
    registry = registry_after(
        sample(events.MarkoutMeasured),
        sample(events.MarkoutMeasured, cost_cents=-0.75, cost_bps=-150.0),
        sample(events.MarkoutMeasured, cost_cents=0.0, cost_bps=0.0),
    )
    signed = [
        registry.get_sample_value(f"pmm_markout_{unit}_total", {**AT_60S, "sign": sign})
        for unit in ("cents", "bps")
        for sign in ("loss", "gain")
    ]
    assert [0.5, 0.75, 100.0, 150.0] == signed
    assert 3 == registry.get_sample_value("pmm_markouts_total", AT_60S)


def test_a_horizon_that_is_not_measured_is_an_error() -> None:
    """It has no series."""
    with pytest.raises(KeyError):
        registry_after(sample(events.MarkoutMeasured, horizon_s=61))


def test_stale_quotes_have_exposure_and_duration() -> None:
    """10 shares for 0.4 s."""
    registry = registry_after(sample(events.StaleQuoteMeasured))
    market = {"market": SLUG}
    assert 4.0 == registry.get_sample_value("pmm_stale_quote_share_seconds_total", market)
    assert 0.4 == registry.get_sample_value("pmm_stale_quote_seconds_sum", market)


def test_costs_are_dollars() -> None:
    """A fill has a fee and gas, a refusal gas."""
    registry = registry_after(sample(events.OrderFilled), sample(events.OrderRejected))
    assert 0.001 == registry.get_sample_value("pmm_fees_usd_total", {"market": SLUG})
    assert 0.75 == registry.get_sample_value("pmm_gas_usd_total", {"market": SLUG})


def test_the_account_is_as_it_was_last_marked() -> None:
    """Dollars and shares; the last mark counts."""
    registry = registry_after(sample(events.EquityMarked, equity=1), sample(events.EquityMarked))
    names = ("cash_flow", "realised_pnl", "unrealised_pnl", "equity", "drawdown")
    assert [-1.96, 0.0, 0.02, 0.02, 0.005] == [
        registry.get_sample_value(f"pmm_{name}_usd", {"market": SLUG}) for name in names
    ]
    inventory = {
        (outcome, stage): registry.get_sample_value(
            "pmm_inventory_shares", {"market": SLUG, "outcome": outcome, "stage": stage}
        )
        for outcome in ("YES", "NO")
        for stage in ("settled", "pending")
    }
    assert {
        ("YES", "settled"): 0.0,
        ("YES", "pending"): 4.0,
        ("NO", "settled"): 1.0,
        ("NO", "pending"): 0.0,
    } == inventory


def test_income_counts_what_was_added() -> None:
    """The day's sum may have been there before the run began."""
    registry = CollectorRegistry()
    readings = MoneyReadings(Families(registry, [SLUG]))
    assert 0.0 == registry.get_sample_value("pmm_rebates_usd_total")
    readings.on_income(sample(events.IncomeReported))
    readings.on_income(sample(events.IncomeReported, rebates_added_usd=0.5))
    assert 0.5 == registry.get_sample_value("pmm_rewards_usd_total")
    assert 0.5 == registry.get_sample_value("pmm_rebates_usd_total")
