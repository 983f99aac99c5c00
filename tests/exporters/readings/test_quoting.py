"""Quotes as metrics: spreads, places, and what the desk does."""

import math

import pytest
from prometheus_client import CollectorRegistry

from bot.domain import events
from exporters.catalogue import quoting
from exporters.families import Families
from exporters.readings.places import Places
from exporters.readings.quoting import Event, QuoteReadings, place_of
from tests.exporters.samples import MARKET, SLUG, sample


def registry_after(*stream: Event) -> CollectorRegistry:
    """The registry after some events."""
    registry = CollectorRegistry()
    readings = QuoteReadings(Families(registry, [SLUG]), Places([MARKET]))
    for event in stream:
        readings.read(event)
    return registry


def state_of(registry: CollectorRegistry) -> list[str]:
    """The states that are 1."""
    return [
        state
        for state in quoting.STATE.values or ()
        if registry.get_sample_value("pmm_quoting_state", {"market": SLUG, "state": state})
    ]


@pytest.mark.parametrize(
    ("ours", "best", "sign", "place"),
    [
        (None, 4_900, 1, "none"),
        (4_900, None, 1, "no_market"),
        (4_900, 4_900, 1, "best"),
        (4_950, 4_900, 1, "inside"),
        (4_850, 4_900, 1, "behind"),
        (5_050, 5_100, -1, "inside"),
        (5_150, 5_100, -1, "behind"),
    ],
)
def test_where_our_quote_stands(ours: int | None, best: int | None, sign: int, place: str) -> None:
    """Better is higher for a bid and lower for an ask."""
    assert place == place_of(ours, best, sign=sign)


@pytest.mark.parametrize(
    ("stream", "state"),
    [
        ([], "starting"),
        ([sample(events.QuotingPaused, reason="jump")], "jump"),
        ([sample(events.QuotingPaused, reason="new")], "other"),
        ([sample(events.QuotingPaused), sample(events.QuotingResumed)], "quoting"),
        ([sample(events.QuotingResumed), sample(events.QuotingPaused)], "jump"),
    ],
)
def test_a_desk_is_in_one_state(stream: list[Event], state: str) -> None:
    """The last event says which."""
    assert [state] == state_of(registry_after(*stream))


def test_pauses_are_counted_by_reason() -> None:
    """Each change of the reason is one."""
    registry = registry_after(*[sample(events.QuotingPaused)] * 2)
    labels = {"market": SLUG, "reason": "jump"}
    assert 2 == registry.get_sample_value("pmm_quoting_pauses_total", labels)


def test_a_sample_in_dollars_and_shares() -> None:
    """Prices, the fair value, volatility, position; the side we do not quote is not a number."""
    registry = registry_after(sample(events.QuoteSampled))

    def price(side: str, whose: str) -> float | None:
        labels = {"market": SLUG, "side": side, "whose": whose}
        return registry.get_sample_value("pmm_best_price_usd", labels)

    def value(name: str) -> float | None:
        return registry.get_sample_value(name, {"market": SLUG})

    assert (0.49, 0.51, 0.49) == (
        price("bid", "market"),
        price("ask", "market"),
        price("bid", "ours"),
    )
    assert math.isnan(price("ask", "ours") or 0.0)
    assert pytest.approx(0.4987123456789) == value("pmm_fair_price_usd")
    assert 0.00035 == value("pmm_volatility_usd_per_sqrt_second")
    assert -5.0 == value("pmm_net_position_shares")


def test_a_spread_needs_both_sides() -> None:
    """The market has one, we have none until we quote both sides."""
    registry = registry_after(
        sample(events.QuoteSampled),
        sample(events.QuoteSampled, best_ask=None, our_bid=4_900, our_ask=5_000),
    )

    def spread(whose: str) -> tuple[float | None, float | None]:
        labels = {"market": SLUG, "whose": whose}
        return (
            registry.get_sample_value("pmm_spread_usd_count", labels),
            registry.get_sample_value("pmm_spread_usd_sum", labels),
        )

    assert (1, 0.02) == spread("market")
    assert (1, 0.01) == spread("ours")


def test_places_are_counted_on_each_side() -> None:
    """One sample, one place a side."""
    registry = registry_after(sample(events.QuoteSampled))
    for side, place in (("bid", "best"), ("ask", "none")):
        labels = {"market": SLUG, "side": side, "place": place}
        assert 1 == registry.get_sample_value("pmm_quote_samples_total", labels)


def test_jumps_have_their_size_either_way() -> None:
    """Two and a half cents down and up."""
    down = sample(events.PriceJumped)
    up = sample(events.PriceJumped, mid_before=4_750.0, mid_after=5_000.0)
    registry = registry_after(down, up)
    assert 2 == registry.get_sample_value("pmm_price_jump_usd_count", {"market": SLUG})
    assert 0.05 == registry.get_sample_value("pmm_price_jump_usd_sum", {"market": SLUG})
