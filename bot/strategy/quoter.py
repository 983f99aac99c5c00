"""The quotes we want: Avellaneda-Stoikov in log odds, then the rules of a real book.

A price that lives in (0, 1) has no normal increments, its log odds x = log(p / (1 - p)) nearly do.
So the reservation price and the spread of Avellaneda and Stoikov, "High-frequency trading in a
limit order book" (2008), are taken for x and brought back (Shaw and Dalen, 2025, use the same
kernel):

    reservation  r = x - q * gamma * sigma_x**2 * tau
    half spread  d = gamma * sigma_x**2 * tau / 2 + log(1 + gamma / k) / gamma
    bid = p(r - d), ask = p(r + d), p(x) = 1 / (1 + exp(-x))

Our adaptations: sigma_x = sigma_p / (p * (1 - p)) (first order of Ito); tau is a constant horizon,
not the time left, because quoting does not end at a bell; the measured cost of a fill and a minimum
spread are added in price. docs/quoting.md tells it at length.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum

from bot.domain.book import VALID, Book
from bot.domain.market import Market
from bot.domain.units import NS_PER_S, PRICE_SCALE, SIZE_SCALE
from bot.domain.value import Value
from bot.strategy.config import StrategyConfig
from bot.strategy.fair_value import NOTHING, Touch, fair_price, others_touch

LOG_ODDS_MAX = 20.0
"""Beyond this a probability is 0 or 1 to within any tick, and exp() would overflow soon."""
PRICE_UNITS_PER_CENT = PRICE_SCALE / 100


class Pause(StrEnum):
    """Why nothing is quoted: a closed set, so that it can be a metric label."""

    NOT_ACCEPTING = "not_accepting"
    BOOK_NOT_VALID = "book_not_valid"
    ONE_SIDED = "one_sided"
    CROSSED = "crossed"
    NEAR_END = "near_end"
    JUMP = "jump"
    PRICE_OUT_OF_BOUNDS = "price_out_of_bounds"
    SIZE_BELOW_MINIMUM = "size_below_minimum"
    TOO_WIDE = "too_wide"
    NO_ROOM = "no_room"


class QuoteInputs(Value, frozen=True):
    """What a quote depends on. Everything in YES terms.

    `net_size` is YES minus NO holdings, settled and pending. `volatility` is in price units per
    square root of a second, `flow` the imbalance of takers in [-1, 1], `toxicity_cents` the cost of
    a fill in cents per share. `own_bids` and `own_asks` map YES price to the size of ours that
    `book` shows there; empty where the book does not show our orders.
    """

    market: Market
    book: Book
    net_size: int
    volatility: float
    flow: float
    toxicity_cents: float
    is_calm: bool
    now_ns: int
    own_bids: Mapping[int, int] = NOTHING
    own_asks: Mapping[int, int] = NOTHING


class Quote(Value, frozen=True):
    """A wanted quote in YES terms: price on the tick grid, size in size units."""

    price: int
    size: int


class Quotes(Value, frozen=True):
    """The wanted quotes of one market in YES terms, best first on both sides.

    `fair_price` and `half_spread` are price units before rounding; `fair_price` is `None` when the
    book gives none. `reason` is a `Pause` when nothing at all is quoted, else `None`.
    """

    bids: tuple[Quote, ...]
    asks: tuple[Quote, ...]
    fair_price: float | None
    half_spread: float
    reason: str | None

    @property
    def bid(self) -> Quote | None:
        """The best bid; `None` when that side is not quoted."""
        return self.bids[0] if self.bids else None

    @property
    def ask(self) -> Quote | None:
        """The best ask; `None` when that side is not quoted."""
        return self.asks[0] if self.asks else None


def quote(inputs: QuoteInputs, config: StrategyConfig) -> Quotes:
    """Return what to quote now, or nothing and the reason."""
    book = inputs.book
    if book.state is not VALID:
        return Quotes((), (), None, 0.0, Pause.BOOK_NOT_VALID)
    touch = others_touch(book, inputs.own_bids, inputs.own_asks)
    fair = fair_price(touch, config.flow_lean * inputs.flow)
    if fair is None:
        return Quotes((), (), None, 0.0, Pause.ONE_SIDED)
    pause = _pause(inputs, config, touch)
    if pause is not None:
        return Quotes((), (), fair, 0.0, pause)
    mid = (touch.best_bid + touch.best_ask) / 2
    bid, ask = _prices(fair, mid, inputs, config)
    size = _size(inputs.market, config)
    # The levels a tick better than the others' best: there a quote is first in line.
    tick = book.tick
    inside_bid, inside_ask = touch.best_bid // tick + 1, touch.best_ask // tick - 1
    bids = _bids(bid, mid, size, inside_bid, inside_ask, inputs, config)
    asks = _asks(ask, mid, size, inside_bid, inside_ask, inputs, config)
    half_spread = (ask - bid) / 2
    reason = None
    if not bids and not asks:
        reason = Pause.TOO_WIDE if half_spread > config.distance_max else Pause.NO_ROOM
    return Quotes(bids, asks, fair, half_spread, reason)


def _pause(inputs: QuoteInputs, config: StrategyConfig, touch: Touch) -> Pause | None:
    """Return the first reason against quoting a two-sided valid book."""
    market = inputs.market
    mid_twice = touch.best_bid + touch.best_ask
    pause = None
    if not market.accepting_orders:
        pause = Pause.NOT_ACCEPTING
    elif _is_near_end(market.end_ns, inputs.now_ns, config.end_guard_s):
        pause = Pause.NEAR_END
    elif touch.best_bid >= touch.best_ask:
        pause = Pause.CROSSED
    elif not inputs.is_calm:
        pause = Pause.JUMP
    elif not 2 * config.price_min <= mid_twice <= 2 * config.price_max:
        pause = Pause.PRICE_OUT_OF_BOUNDS
    elif config.order_size < market.size_min:
        pause = Pause.SIZE_BELOW_MINIMUM
    return pause


def _is_near_end(end_ns: int | None, now_ns: int, guard_s: float) -> bool:
    """Return True when the announced end is nearer than the guard; an unknown end never is."""
    return end_ns is not None and end_ns - now_ns < guard_s * NS_PER_S


def _prices(
    fair: float, mid: float, inputs: QuoteInputs, config: StrategyConfig
) -> tuple[float, float]:
    """Return the unrounded bid and ask in price units, at least the minimum spread apart."""
    probability = fair / PRICE_SCALE
    slope = probability * (1.0 - probability)
    sigma = max(inputs.volatility, config.volatility_min) / (PRICE_SCALE * slope)
    risk = config.gamma * sigma * sigma * config.horizon_s
    reservation = math.log(probability / (1.0 - probability)) - inputs.net_size / SIZE_SCALE * risk
    half = risk / 2 + math.log1p(config.gamma / config.arrival_decay) / config.gamma
    toxicity = config.toxicity_weight * max(0.0, inputs.toxicity_cents) * PRICE_UNITS_PER_CENT
    bid = _price(reservation - half) - toxicity
    ask = _price(reservation + half) + toxicity
    centre, least = (bid + ask) / 2, mid * config.min_spread_bps / 20_000
    return min(bid, centre - least), max(ask, centre + least)


def _price(log_odds: float) -> float:
    """Return the price in price units; the log odds are cut where a price is 0 or 1 anyway."""
    if abs(log_odds) > LOG_ODDS_MAX:
        log_odds = math.copysign(LOG_ODDS_MAX, log_odds)
    return PRICE_SCALE / (1.0 + math.exp(-log_odds))


def _size(market: Market, config: StrategyConfig) -> int:
    """Return the size of each quote, raised to what scores rewards where that is allowed."""
    rewards = market.rewards
    if rewards is not None and rewards.size_min <= config.reward_size_max:
        return max(config.order_size, rewards.size_min)
    return config.order_size


def _bids(
    price: float,
    mid: float,
    size: int,
    inside_bid: int,
    inside_ask: int,
    inputs: QuoteInputs,
    config: StrategyConfig,
) -> tuple[Quote, ...]:
    """Return the bids, best first: rounded down, at most a tick better than the others' best."""
    tick = inputs.book.tick
    wanted = int(price // tick)
    best = wanted if wanted < inside_bid else inside_bid
    rewards = inputs.market.rewards
    if rewards is not None and size >= rewards.size_min:
        band = math.ceil((mid - rewards.spread_max) / tick)
        best = band if best < band <= wanted else best
    best = best if best < inside_ask else inside_ask
    room = (config.inventory_max - inputs.net_size) // size
    farthest = math.ceil((mid - config.distance_max) / tick)
    below = max(best - min(config.levels, room), farthest - 1, 0)
    return tuple([Quote(i * tick, size) for i in range(best, below, -1)])


def _asks(
    price: float,
    mid: float,
    size: int,
    inside_bid: int,
    inside_ask: int,
    inputs: QuoteInputs,
    config: StrategyConfig,
) -> tuple[Quote, ...]:
    """Return the asks, best first: rounded up, at most a tick better than the others' best."""
    tick = inputs.book.tick
    wanted = math.ceil(price / tick)
    best = wanted if wanted > inside_ask else inside_ask
    rewards = inputs.market.rewards
    if rewards is not None and size >= rewards.size_min:
        band = math.floor((mid + rewards.spread_max) / tick)
        best = band if wanted <= band < best else best
    best = best if best > inside_bid else inside_bid
    room = (config.inventory_max + inputs.net_size) // size
    farthest = math.floor((mid + config.distance_max) / tick)
    above = min(best + min(config.levels, room), farthest + 1, inputs.book.levels)
    return tuple([Quote(i * tick, size) for i in range(best, above)])
