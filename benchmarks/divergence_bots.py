"""Two simulated bots for the benchmark of the divergence detector: what each did, minute by minute.

They are independent of each other, which is the hard case: two bots on one market fill together.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from exporters.divergence.detector import Look
from exporters.divergence.totals import BOUNDS, Totals

MINUTE_S = 60
MINUTE_NS = MINUTE_S * 10**9
MINUTES_A_WEEK = 7 * 24 * 60
EDGES = np.array([0.0, *BOUNDS, np.inf])
CLUSTER_MEAN = 1.5
"""Fills in clusters of geometric size: a dispersion of 2 (calibration.md 4.4)."""
RESTART_MINUTES_MEAN = 8 * 60
AWAY_MINUTES = 3
"""A restarting bot does not answer for so long."""


class Bot(msgspec.Struct, frozen=True, kw_only=True):
    """What one simulated bot is like.

    `fills_drift`: the fill rate grows to so many times itself until the middle, and falls back.
    """

    fills_per_hour: float = 18.0
    fills_drift: float = 1.0
    orders_per_hour: float = 60.0
    rejection_rate: float = 0.02
    latency_median_s: float = 0.25
    latency_sigma: float = 0.3
    spread_usd: float = 0.02
    markout_mean_cents: float = 0.1
    markout_sigma_cents: float = 0.5
    pnl_usd_per_hour: float = 0.2
    pnl_sigma_usd: float = 0.3
    is_clustered: bool = False


Minutes = list[Totals]


def minutes_of(bot: Bot, minutes: int, random: np.random.Generator) -> Minutes:
    """Return what a bot did in each minute."""
    fills = _fills(bot, minutes, random)
    submitted = random.poisson(bot.orders_per_hour / 60.0, minutes)
    rejected = random.binomial(submitted, bot.rejection_rate)
    spread = bot.spread_usd * np.exp(_slow(minutes, 0.2, random))
    pnl = random.normal(bot.pnl_usd_per_hour / 60.0, bot.pnl_sigma_usd / np.sqrt(60.0), minutes)
    done = []
    for minute in range(minutes):
        accepted = int(submitted[minute] - rejected[minute])
        latencies = bot.latency_median_s * np.exp(random.normal(0.0, bot.latency_sigma, accepted))
        # Heavy tails: Student's t with 3 degrees of freedom has a standard deviation of sqrt(3).
        costs = random.standard_t(3.0, fills[minute]) * bot.markout_sigma_cents / np.sqrt(3.0)
        done.append(
            Totals(
                run_start_s=0.0,
                last_event_s=0.0,
                fills=float(fills[minute]),
                filled=float(fills[minute]),
                accepted=float(accepted),
                submitted=float(submitted[minute]),
                rejected=float(rejected[minute]),
                answers=tuple(np.histogram(latencies, EDGES)[0].tolist()) if accepted else _NONE,
                spread_usd=float(6.0 * spread[minute]),
                spread_samples=6.0,
                markout_cents=float(costs.sum() + bot.markout_mean_cents * fills[minute]),
                markouts=float(fills[minute]),
                equity_usd=float(pnl[minute]),
            )
        )
    return done


def looks_at(demo: Minutes, prod: Minutes, random: np.random.Generator) -> Iterator[Look]:
    """Yield a look a minute at both bots, each of which restarts now and then."""
    sides = zip(_restarting(demo, random), _restarting(prod, random), strict=True)
    for minute, (one, other) in enumerate(sides, start=1):
        yield Look(minute * MINUTE_NS, one, other)


_NONE = (0.0,) * (len(BOUNDS) + 1)


def _restarting(minutes: Minutes, random: np.random.Generator) -> Iterator[Totals | None]:
    """Totals as a bot shows them, `None` while it is away: what it does then nobody counts."""
    running, away = _fresh(0.0), 0
    for minute, done in enumerate(minutes, start=1):
        now_s = float(minute * MINUTE_S)
        if not away and random.random() < 1.0 / RESTART_MINUTES_MEAN:
            away = AWAY_MINUTES
        if away:
            away -= 1
            running = _fresh(now_s)
            yield None
        else:
            running = _plus(running, done, now_s)
            yield running


def _fresh(start_s: float) -> Totals:
    zeros = dict.fromkeys(set(Totals.__struct_fields__) - {"run_start_s", "answers"}, 0.0)
    return Totals(run_start_s=start_s, answers=_NONE, **zeros)


def _plus(before: Totals, done: Totals, now_s: float) -> Totals:
    sums = {
        name: getattr(before, name) + getattr(done, name)
        for name in Totals.__struct_fields__
        if name not in {"run_start_s", "last_event_s", "answers"}
    }
    answers = tuple(a + b for a, b in zip(before.answers, done.answers, strict=True))
    return Totals(run_start_s=before.run_start_s, last_event_s=now_s, answers=answers, **sums)


def _fills(bot: Bot, minutes: int, random: np.random.Generator) -> np.ndarray:
    rise = 1.0 - np.abs(np.linspace(-1.0, 1.0, minutes))
    a_minute = bot.fills_per_hour / 60.0 * bot.fills_drift**rise
    if not bot.is_clustered:
        return random.poisson(a_minute)
    clusters = random.poisson(a_minute / CLUSTER_MEAN)
    sizes = random.negative_binomial(np.maximum(clusters, 1), 1.0 / CLUSTER_MEAN)
    return np.where(clusters > 0, clusters + sizes, 0)


def _slow(minutes: int, sigma: float, random: np.random.Generator) -> np.ndarray:
    """A first-order autoregression with a memory of half an hour."""
    keep = float(np.exp(-1.0 / 30.0))
    steps = random.normal(0.0, sigma * np.sqrt(1.0 - keep**2), minutes)
    level, path = 0.0, np.empty(minutes)
    for minute in range(minutes):
        level = keep * level + steps[minute]
        path[minute] = level
    return path
