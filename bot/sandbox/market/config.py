"""The parameters of a generated market, each with its unit and its bounds."""

from __future__ import annotations

import re

import msgspec

from bot.domain.bounds import Bounds, check_bounds
from bot.domain.market import TICK_SIZES
from bot.domain.units import NS_PER_S, PRICE_SCALE, SIZE_GRID, SIZE_SCALE

_SLUG = re.compile(r"[a-z0-9-]{1,80}")

_BOUNDS: Bounds = {
    "seed": (0, 2**63 - 1),
    "start_ns": (0, 4_000_000_000 * NS_PER_S),
    "duration_s": (1, 366 * 86_400),
    "min_order_size": (SIZE_GRID, 1_000 * SIZE_SCALE),
    "activity": (0.01, 1_000),
    "trades_per_day": (1, 1_000_000),
    "maker_count": (1, 50),
    "ladder_levels": (1, 40),
    "level_size": (10 * SIZE_SCALE, 1_000_000 * SIZE_SCALE),
    "churn_per_s": (0, 1_000),
    "cancel_position_power": (0.05, 50),
    "fair_vol_per_day": (0, 2),
    "jumps_per_day": (0, 1_000),
    "jump_size": (0, 2),
    "no_token_ratio": (0, 1),
    "feed_delay_ms": (0.1, 60_000),
    "feed_spike_ratio": (0, 0.1),
    "change_loss_ratio": (0, 0.5),
    "print_loss_ratio": (0, 1),
}


class GeneratedMarketConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides a generated market; the same value gives the same bytes.

    The defaults give the market of calibration.md section 4: about 3,500 trades and 200,000 shares
    a day around 0.50 on a grid of one cent. Raises ValueError naming the first field out of bounds.

    * `seed`: any whole number from 0; `start_ns`: first instant, ns since the epoch UTC;
      `duration_s`: seconds of market time.
    * `tick`, `start_price`: 1/10,000 dollar; `min_order_size`, `level_size`: 1/1,000,000 share.
      `level_size` is the median size one maker shows at one level.
    * `activity`: multiplies every arrival rate (trades, quotes, cancels), not the fair value's
      speed. `trades_per_day`: the aim for all trades at activity 1.
    * `maker_count` makers with `ladder_levels` levels a side. `churn_per_s`: cancels a second that
      pick their place in the queue (0 front, 1 back) by the law
      P(place < x) = x ** `cancel_position_power`.
    * `fair_vol_per_day`: standard deviation of the logit of the fair price over a day without
      jumps; `jumps_per_day` jumps, each normal with standard deviation `jump_size` (logit).
    * `no_token_ratio`: share of trades and orders that name the NO token.
    * `feed_delay_ms`: median of the lognormal delay from exchange to us; `feed_spike_ratio`: share
      of frames delayed by seconds. `change_loss_ratio`, `print_loss_ratio`: share of `price_change`
      and `last_trade_price` frames that never arrive.
    * `hash_every_change`: compute the book hash of every change (about half as fast). Otherwise
      `hash` is "" except on trades, whose changes carry the hash of the `book` that follows.
    """

    seed: int = 1
    start_ns: int = 1_782_864_000 * NS_PER_S
    duration_s: int = 86_400
    slug: str = "generated-market"
    tick: int = 100
    start_price: int = 5_000
    min_order_size: int = 5 * SIZE_SCALE
    neg_risk: bool = False
    activity: float = 1.0
    trades_per_day: float = 3_500.0
    maker_count: int = 6
    ladder_levels: int = 10
    level_size: int = 250 * SIZE_SCALE
    churn_per_s: float = 1.2
    cancel_position_power: float = 2.0
    fair_vol_per_day: float = 0.2
    jumps_per_day: float = 10.0
    jump_size: float = 0.08
    no_token_ratio: float = 0.3
    feed_delay_ms: float = 40.0
    feed_spike_ratio: float = 0.0002
    change_loss_ratio: float = 0.001
    print_loss_ratio: float = 0.03
    hash_every_change: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for the first field that is out of bounds."""
        check_bounds(self, _BOUNDS)
        if self.tick not in TICK_SIZES:
            raise ValueError(f"tick must be one of {TICK_SIZES} price units, not {self.tick!r}")
        if self.start_price % self.tick or not self._in_band(self.start_price):
            raise ValueError(
                "start_price must be a multiple of tick from 500 to 9,500 price units, "
                f"not {self.start_price!r}"
            )
        if self.min_order_size % SIZE_GRID:
            raise ValueError(f"min_order_size must be a multiple of {SIZE_GRID} size units")
        if not _SLUG.fullmatch(self.slug):
            raise ValueError(f"slug must be 1-80 of a-z, 0-9 and '-', not {self.slug!r}")

    @staticmethod
    def _in_band(price: int) -> bool:
        return PRICE_SCALE // 20 <= price <= PRICE_SCALE - PRICE_SCALE // 20

    @property
    def end_ns(self) -> int:
        """The first instant after the market's last step, ns since the epoch UTC."""
        return self.start_ns + self.duration_s * NS_PER_S

    @property
    def level_count(self) -> int:
        """How many ticks make one dollar: level k of the grid costs k ticks."""
        return PRICE_SCALE // self.tick
