"""Takers: clusters of noise, and informed trades on the right side of the fair value."""

from itertools import pairwise
from random import Random

from bot.domain.units import NS_PER_S, SIZE_SCALE
from bot.sandbox.market.book import RestingOrder
from bot.sandbox.market.fair import Pace
from bot.sandbox.market.floor import Execution, Floor
from bot.sandbox.market.sizes import OrderTerms
from bot.sandbox.market.takers import InformedTakers, NoiseTakers

TERMS = OrderTerms(5 * SIZE_SCALE, 0.3)
DAY_NS = 86_400 * NS_PER_S


def deep_floor() -> Floor:
    """Two levels a side, far deeper than anybody trades."""
    floor = Floor(100, 0)
    for level in (48, 49):
        floor.place(RestingOrder(is_bid=True, level=level, size=10**15))
    for level in (51, 52):
        floor.place(RestingOrder(is_bid=False, level=level, size=10**15))
    floor.drain()
    return floor


def trades_of_a_day(floor: Floor) -> list[Execution]:
    """All trades until a day has passed."""
    found: list[Execution] = []
    while (due_ns := floor.next_ns()) is not None and due_ns < DAY_NS:
        floor.run_next()
        found.extend(event for event in floor.drain() if isinstance(event, Execution))
    return found


def informed_day(fair: float) -> list[Execution]:
    """A day of informed trading at a constant fair value, in ticks."""
    floor = deep_floor()
    pace = Pace(Random(2), 1.0)
    InformedTakers(Random(4), floor, pace, TERMS, lambda _: fair).start(0)
    return trades_of_a_day(floor)


def test_noise_comes_at_its_rate_on_both_sides_and_in_clusters() -> None:
    """At the quiet pace of 0.6: a share of 0.92 of 5,000 trades a day; sides follow each other."""
    floor = deep_floor()
    NoiseTakers(Random(4), floor, Pace(Random(2), 1.0), TERMS, trades_per_day=5_000).start(0)
    trades = trades_of_a_day(floor)
    assert 2_550 < len(trades) < 2_970
    assert 0.45 < sum(trade.taker_buys for trade in trades) / len(trades) < 0.55
    pairs = list(pairwise(trades))
    assert sum(a.taker_buys == b.taker_buys for a, b in pairs) / len(pairs) > 0.55
    assert 0.25 < sum(trade.on_no for trade in trades) / len(trades) < 0.35


def test_noise_on_an_empty_book_does_not_trade() -> None:
    """With nothing to take, nothing happens."""
    floor = Floor(100, 0)
    NoiseTakers(Random(4), floor, Pace(Random(2), 1.0), TERMS, trades_per_day=5_000).start(0)
    assert [] == trades_of_a_day(floor)


def test_nobody_informed_trades_at_a_fair_price() -> None:
    """Inside the spread there is nothing to gain."""
    assert [] == informed_day(50.3)


def test_informed_traders_take_the_wrong_side_only() -> None:
    """They buy below the fair value, sell above it, and go no further than it."""
    bought, sold = informed_day(51.4), informed_day(48.7)
    assert {True} == {trade.taker_buys for trade in bought}
    assert {False} == {trade.taker_buys for trade in sold}
    assert {51} == {level for trade in bought for level, _ in trade.fills}
    assert {49} == {level for trade in sold for level, _ in trade.fills}


def test_a_larger_mispricing_brings_more_trades() -> None:
    """Arrivals rise with the edge."""
    assert len(informed_day(51.8)) > 1.5 * len(informed_day(51.3))
