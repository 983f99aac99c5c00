"""What we quote against what the market quotes, and why we pause."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from bot.domain import events
from bot.domain.units import PRICE_SCALE, SIZE_SCALE
from exporters.catalogue import quoting as metrics
from exporters.families import Families
from exporters.readings.places import Places, slug_of

Event: TypeAlias = (
    events.QuoteSampled | events.QuotingPaused | events.QuotingResumed | events.PriceJumped
)


class QuoteReadings:
    """The metrics of quoting."""

    def __init__(self, families: Families, places: Places) -> None:
        """Make every series; each market is starting."""
        self._state = families.gauges(metrics.QUOTING_STATE)
        self._pauses = families.counters(metrics.PAUSES)
        self._price = families.gauges(metrics.PRICE)
        self._fair_price = families.gauges(metrics.FAIR_PRICE)
        self._volatility = families.gauges(metrics.VOLATILITY)
        self._spread = families.histograms(metrics.SPREAD)
        self._places = families.counters(metrics.PLACES)
        self._net_position = families.gauges(metrics.NET_POSITION)
        self._jumps = families.histograms(metrics.JUMPS)
        for market in places.markets:
            self._choose(market.slug, "starting")

    def read(self, event: Event) -> None:
        """Take one event. Raises KeyError for a market not given at start."""
        slug = slug_of(event.market)
        match event:
            case events.QuoteSampled():
                self._on_sample(event, slug)
            case events.QuotingPaused():
                self._pauses.add(slug, metrics.REASON.value(event.reason))
                self._choose(slug, metrics.REASON.value(event.reason))
            case events.QuotingResumed():
                self._choose(slug, "quoting")
            case events.PriceJumped():
                jump = abs(event.mid_after - event.mid_before) / PRICE_SCALE
                self._jumps.observe(slug, value=jump)
            case _:
                assert_never(event)

    def _on_sample(self, event: events.QuoteSampled, slug: str) -> None:
        for whose, bid, ask in (
            ("market", event.best_bid, event.best_ask),
            ("ours", event.our_bid, event.our_ask),
        ):
            self._price.set(slug, "bid", whose, to=_usd(bid))
            self._price.set(slug, "ask", whose, to=_usd(ask))
            if bid is not None and ask is not None:
                self._spread.observe(slug, whose, value=(ask - bid) / PRICE_SCALE)
        self._places.add(slug, "bid", place_of(event.our_bid, event.best_bid, sign=1))
        self._places.add(slug, "ask", place_of(event.our_ask, event.best_ask, sign=-1))
        self._fair_price.set(slug, to=_usd(event.fair_price))
        self._volatility.set(slug, to=event.volatility / PRICE_SCALE)
        self._net_position.set(slug, to=event.net_size / SIZE_SCALE)

    def _choose(self, slug: str, state: str) -> None:
        self._state.choose(slug, among=metrics.STATE.values or (), chosen=state)


def place_of(ours: int | None, best: int | None, *, sign: int) -> str:
    """Return where our price stands against the others' best; `sign` is +1 for bids, -1 for asks.

    `ours` is `None` when we do not quote that side, `best` when nobody else does.
    """
    if ours is None:
        return "none"
    if best is None:
        return "no_market"
    better_by = (ours - best) * sign
    if better_by > 0:
        return "inside"
    return "best" if better_by == 0 else "behind"


def _usd(price: float | None) -> float | None:
    return None if price is None else price / PRICE_SCALE
