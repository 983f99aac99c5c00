"""What the generated market looks like over a day: stylised facts, with honest bands.

One fixed seed; the bands hold for all twenty seeds of docs/generated-market.md.
"""

from bisect import bisect_left, bisect_right
from itertools import pairwise
from statistics import fmean

import pytest

from bot.sandbox.market import GeneratedMarketConfig, TraderMarket
from bot.sandbox.market.floor import Execution, LevelSet

MINUTE_NS = 60 * 10**9


class Day:
    """A day of the default market and what was seen on it; prices in ticks."""

    def __init__(self, config: GeneratedMarketConfig) -> None:
        """Run the market from end to end."""
        market = TraderMarket(config)
        book, last_ns, minute_ns = market.book, config.start_ns, config.start_ns
        self.spread_ns: dict[int, int] = {}
        self.depths: list[list[int]] = []
        self.trades: list[Execution] = []
        self.changes: list[LevelSet] = []
        self.mid_ns, self.mids = [config.start_ns], [(book.best_bid + book.best_ask) / 2]
        while (now_ns := market.next_ns()) < config.end_ns:
            spread = book.best_ask - book.best_bid
            self.spread_ns[spread] = self.spread_ns.get(spread, 0) + now_ns - last_ns
            last_ns = now_ns
            if now_ns >= minute_ns:
                minute_ns += MINUTE_NS
                self.depths.append([book.bids[book.best_bid - back].total for back in range(10)])
            for event in market.step():
                if isinstance(event, Execution):
                    self.trades.append(event)
                else:
                    self.changes.append(event)
            self._note_mid(now_ns, (book.best_bid + book.best_ask) / 2)
        book.check()
        self.minutes = [
            self.mid_at(config.start_ns + MINUTE_NS * index)
            for index in range(config.duration_s // 60)
        ]

    def mid_at(self, at_ns: int) -> float:
        """The mid at an instant, its changes included."""
        return self.mids[max(0, bisect_right(self.mid_ns, at_ns) - 1)]

    def mid_before(self, at_ns: int) -> float:
        """The mid just before an instant."""
        return self.mids[max(0, bisect_left(self.mid_ns, at_ns) - 1)]

    def moves_after_trades(self, horizon_s: int) -> list[float]:
        """Mid moves from just before each trade, positive in the taker's direction."""
        return [
            (self.mid_at(trade.ts_ns + horizon_s * 10**9) - self.mid_before(trade.ts_ns))
            * (1 if trade.taker_buys else -1)
            for trade in self.trades
        ]

    def _note_mid(self, now_ns: int, mid: float) -> None:
        if mid != self.mids[-1]:
            self.mid_ns.append(now_ns)
            self.mids.append(mid)


@pytest.fixture(scope="module")
def day() -> Day:
    """The default market, seed 1."""
    return Day(GeneratedMarketConfig())


def shares(size: int) -> float:
    """Size units as shares."""
    return size / 10**6


def test_a_day_has_about_3500_trades_and_200k_shares(day: Day) -> None:
    """As the market of the calibration study (calibration.md 4)."""
    volume = sum(size for trade in day.trades for _, size in trade.fills)
    assert 2_500 < len(day.trades) < 4_500
    assert 130_000 < shares(volume) < 260_000


def test_the_spread_is_one_to_three_ticks_nearly_always(day: Day) -> None:
    """Time-weighted; one and two ticks are both common."""
    total = sum(day.spread_ns.values())
    share = {ticks: held_ns / total for ticks, held_ns in day.spread_ns.items()}
    assert 0.4 < share[1] < 0.7
    assert 0.3 < share[2] < 0.55
    assert sum(part for ticks, part in share.items() if ticks > 3) < 0.02
    assert min(share) >= 1


def test_depth_is_near_uniform_behind_the_touch(day: Day) -> None:
    """Levels 2 to 10 lie within 30 % of their mean; the touch holds hundreds of shares."""
    mean = [shares(sum(level)) / len(day.depths) for level in zip(*day.depths, strict=True)]
    assert 300 < mean[0] < 900
    behind = fmean(mean[1:])
    assert 1_000 < behind < 2_500
    assert [] == [depth for depth in mean[1:] if not 0.7 < depth / behind < 1.3]


def test_the_sides_of_trades_follow_each_other(day: Day) -> None:
    """First autocorrelation of trade signs, clearly above the noise of 0.017."""
    signs = [1.0 if trade.taker_buys else -1.0 for trade in day.trades]
    mean = fmean(signs)
    variance = fmean((sign - mean) ** 2 for sign in signs)
    assert 0.07 < fmean((a - mean) * (b - mean) for a, b in pairwise(signs)) / variance < 0.4


@pytest.mark.slow
def test_minute_moves_have_heavy_tails(day: Day) -> None:
    """Kurtosis of 60 s mid changes above 4, where a normal law has 3."""
    moves = [b - a for a, b in pairwise(day.minutes)]
    mean = fmean(moves)
    variance = fmean((move - mean) ** 2 for move in moves)
    assert 0.2 < variance**0.5 < 0.5
    assert fmean((move - mean) ** 4 for move in moves) / variance**2 > 4


def test_trades_are_followed_by_the_price(day: Day) -> None:
    """Adverse selection after 60 s is positive, and a small part of the half spread."""
    moves = day.moves_after_trades(60)
    mean = fmean(moves)
    error = (fmean((move - mean) ** 2 for move in moves) / len(moves)) ** 0.5
    assert 3 * error < mean < 0.25


def test_nearly_all_decreases_are_cancels(day: Day) -> None:
    """Of all changes about half take size away, and under 5 % of these are trades."""
    level_size: dict[tuple[bool, int], int] = {}
    down = 0
    for change in day.changes:
        key = change.is_bid, change.level
        down += change.size < level_size.get(key, 0)
        level_size[key] = change.size
    traded = sum(len(trade.fills) for trade in day.trades)
    assert 0.4 < down / len(day.changes) < 0.6
    assert traded / (traded + down) < 0.05
    assert 150_000 < len(day.changes) < 300_000


def test_the_price_stays_inside_the_grid(day: Day) -> None:
    """Around one half all day, and every touch told is consistent."""
    assert 25 < min(day.mids) < max(day.mids) < 75
    assert [] == [change for change in day.changes if change.best_bid >= change.best_ask]


@pytest.mark.slow
def test_activity_multiplies_trades() -> None:
    """Four times the activity, about four times the trades."""
    counts = []
    for activity in (1.0, 4.0):
        market = TraderMarket(GeneratedMarketConfig(seed=3, activity=activity))
        end_ns = market.next_ns() + 6 * 60 * MINUTE_NS
        trades = 0
        while market.next_ns() < end_ns:
            trades += sum(isinstance(event, Execution) for event in market.step())
        counts.append(trades)
    assert 2.5 < counts[1] / counts[0] < 6


def test_still_worlds_are_possible() -> None:
    """Without news, churn and volatility only quotes and trades remain, and one maker will do."""
    market = TraderMarket(
        GeneratedMarketConfig(
            jumps_per_day=0, churn_per_s=0, fair_vol_per_day=0, maker_count=1, ladder_levels=2
        )
    )
    for _ in range(20_000):
        market.step()
    market.book.check()
    assert 48 <= market.book.best_bid < market.book.best_ask <= 52
    assert 50.0 == market.fair_level(market.next_ns())
