"""The generated market itself: every trader on one floor, stepped by hand.

Nothing here knows of the wire, of delays or of losses. Time is handed in by the caller's pace of
stepping, randomness is one generator a purpose, each seeded from the configuration.
"""

from __future__ import annotations

from random import Random

from bot.domain.units import NS_PER_MS, NS_PER_S, PRICE_SCALE
from bot.sandbox.market.book import FifoBook
from bot.sandbox.market.churn import Churn
from bot.sandbox.market.config import GeneratedMarketConfig
from bot.sandbox.market.fair import FairValue, Pace
from bot.sandbox.market.floor import Floor, MarketEvent
from bot.sandbox.market.makers import Maker, MakerTerms
from bot.sandbox.market.retail import RetailMakers
from bot.sandbox.market.sizes import OrderTerms
from bot.sandbox.market.takers import InformedTakers, NoiseTakers

_FLEE_DELAY_MS = (300, 2_500)
"""How long makers take to see news: whoever is faster than they are trades with them."""


def purpose_rng(config: GeneratedMarketConfig, purpose: str) -> Random:
    """Return a generator of its own for one purpose, the same for the same seed and purpose."""
    return Random(f"{config.seed}/{purpose}")


class TraderMarket:
    """An order-by-order market that runs for ever, one action at a time.

    `step()` does the next action and returns what it changed; `next_ns()` tells when that will be,
    so a caller on a real clock can wait for it.
    """

    def __init__(self, config: GeneratedMarketConfig) -> None:
        """Fill the book and schedule everybody's first action."""
        self._config = config
        self._floor = Floor(config.level_count, config.start_ns)
        self._pace = Pace(purpose_rng(config, "pace"), config.activity)
        self._news_rng = purpose_rng(config, "news")
        self._fair = FairValue(
            purpose_rng(config, "fair"),
            start=config.start_price / PRICE_SCALE,
            vol_per_day=config.fair_vol_per_day,
            jump_size=config.jump_size,
            start_ns=config.start_ns,
        )
        self._wake_rng = purpose_rng(config, "wakes")
        self._terms = OrderTerms(config.min_order_size, config.no_token_ratio)
        self._makers = self._hire_makers()
        self._open()

    @property
    def book(self) -> FifoBook:
        """The book as it stands; to be read only."""
        return self._floor.book

    def next_ns(self) -> int:
        """Return when the next action is due, ns since the epoch UTC."""
        due_ns = self._floor.next_ns()
        return self._floor.now_ns if due_ns is None else due_ns

    def step(self) -> list[MarketEvent]:
        """Do the next action and return its events in order; often none."""
        self._floor.run_next()
        return self._floor.drain()

    def fair_level(self, now_ns: int) -> float:
        """Return the fair price in ticks at `now_ns`, which never goes back."""
        return self._fair.price(now_ns) * self._config.level_count

    def _hire_makers(self) -> list[tuple[Maker, float]]:
        """Makers from tight, small and fast to wide, large and slow; with their mean period."""
        config, rng = self._config, purpose_rng(self._config, "makers")
        hired = []
        for index in range(config.maker_count):
            rank = index / max(1, config.maker_count - 1)
            terms = MakerTerms(
                half_spread_ticks=0.6 + 0.8 * rank,
                levels=config.ladder_levels,
                size_median=config.level_size * (0.7 + 0.6 * rank),
                orders=self._terms,
            )
            maker = Maker(
                Random(rng.getrandbits(64)),
                self._floor,
                self.fair_level,
                terms,
            )
            hired.append((maker, 4.0 + 12.0 * rank))
        return hired

    def _open(self) -> None:
        """Fill the book at the first instant, then start every clockwork."""
        config, floor, now_ns = self._config, self._floor, self._config.start_ns
        retail = RetailMakers(purpose_rng(config, "retail"), floor, self._pace, self._terms)
        noise = NoiseTakers(
            purpose_rng(config, "noise"),
            floor,
            self._pace,
            self._terms,
            trades_per_day=config.trades_per_day,
        )
        informed = InformedTakers(
            purpose_rng(config, "informed"), floor, self._pace, self._terms, self.fair_level
        )
        churn = Churn(
            purpose_rng(config, "churn"),
            floor,
            self._pace,
            per_s=config.churn_per_s,
            power=config.cancel_position_power,
            levels=config.ladder_levels,
        )
        for maker, period_s in self._makers:
            maker.wake(now_ns)
            self._keep_waking(maker, period_s, now_ns)
        retail.stock(config.level_size)
        for clockwork in (retail, noise, informed, churn):
            clockwork.start(now_ns)
        floor.call_at(now_ns + int(self._pace.spell_s() * NS_PER_S), self._change_pace)
        self._await_news(now_ns)
        floor.drain()

    def _keep_waking(self, maker: Maker, period_s: float, now_ns: int) -> None:
        def wake(at_ns: int) -> None:
            maker.wake(at_ns)
            self._keep_waking(maker, period_s, at_ns)

        wait_s = self._wake_rng.expovariate(self._pace.factor / period_s)
        self._floor.call_at(now_ns + int(wait_s * NS_PER_S), wake)

    def _change_pace(self, now_ns: int) -> None:
        self._floor.call_at(now_ns + int(self._pace.switch() * NS_PER_S), self._change_pace)

    def _await_news(self, now_ns: int) -> None:
        per_s = self._config.jumps_per_day / 86_400
        if per_s > 0:
            wait_ns = int(self._news_rng.expovariate(per_s) * NS_PER_S)
            self._floor.call_at(now_ns + wait_ns, self._news)

    def _news(self, now_ns: int) -> None:
        """Let the fair value jump; makers see it a moment later and flee."""
        self._fair.jump(now_ns)
        for maker, _ in self._makers:
            delay_ns = int(self._news_rng.uniform(*_FLEE_DELAY_MS) * NS_PER_MS)
            self._floor.call_at(now_ns + delay_ns, maker.flee)
        self._await_news(now_ns)
