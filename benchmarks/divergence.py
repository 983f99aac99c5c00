"""Measures the divergence detector: false alarms without a divergence, delay at a true 3x.

`python -m benchmarks.divergence` simulates 400 weeks of two bots that are alike, with independent
and with clustered fills, and 300 divergences (about five minutes). `--weeks` and `--runs` reduce
it. The figures in docs/divergence.md come from here.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from exporters.catalogue import divergence as metrics
from exporters.divergence.detector import Detector
from exporters.divergence.totals import BOUNDS, Totals

MINUTE_NS = 60 * 10**9
MINUTES_A_WEEK = 7 * 24 * 60
EDGES = np.array([0.0, *BOUNDS, np.inf])
CLUSTER_MEAN = 1.5
"""Fills in clusters of geometric size: a dispersion of 2 (calibration.md 4.4)."""


class Bot(msgspec.Struct, frozen=True, kw_only=True):
    """What one simulated bot is like."""

    fills_per_hour: float = 18.0
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


_NONE = (0.0,) * (len(BOUNDS) + 1)


def _fills(bot: Bot, minutes: int, random: np.random.Generator) -> np.ndarray:
    if not bot.is_clustered:
        return random.poisson(bot.fills_per_hour / 60.0, minutes)
    clusters = random.poisson(bot.fills_per_hour / CLUSTER_MEAN / 60.0, minutes)
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


def alarms_in(demo: Minutes, prod: Minutes, detector: Detector) -> Counter[str]:
    """Return the alarms by quantity over the minutes of both bots."""
    found: Counter[str] = Counter()
    for minute, (one, other) in enumerate(zip(demo, prod, strict=True), start=1):
        alarms = detector.observe(one, other, MINUTE_NS, minute * MINUTE_NS)
        found.update({name: len(raised) for name, raised in alarms.items()})
    return found


def false_alarms(weeks: int, bot: Bot, seed: int) -> Counter[str]:
    """Return the alarms by quantity in weeks of two bots that are alike, a fresh start each."""
    found: Counter[str] = Counter()
    for week in range(weeks):
        random = np.random.default_rng([seed, week])
        demo = minutes_of(bot, MINUTES_A_WEEK, random)
        prod = minutes_of(bot, MINUTES_A_WEEK, random)
        found.update(alarms_in(demo, prod, Detector()))
    return found


def delays_h(
    runs: int,
    demo: Bot,
    prod: Bot,
    metric: str,
    seed: int,
    *,
    quiet_h: int = 24,
    within_h: int = 48,
) -> list[float]:
    """Return the hours until `metric` alarms, after `quiet_h` of two bots like `demo`.

    A divergence that was not found within `within_h` counts as infinite.
    """
    delays = []
    for run in range(runs):
        random = np.random.default_rng([seed, run])
        detector = Detector()
        quiet = quiet_h * 60
        alarms_in(minutes_of(demo, quiet, random), minutes_of(demo, quiet, random), detector)
        delays.append(_delay_h(detector, demo, prod, metric, quiet, within_h, random))
    return delays


def _delay_h(
    detector: Detector,
    demo: Bot,
    prod: Bot,
    metric: str,
    start_minute: int,
    within_h: int,
    random: np.random.Generator,
) -> float:
    for hour in range(within_h):
        pairs = zip(minutes_of(demo, 60, random), minutes_of(prod, 60, random), strict=True)
        for minute, (one, other) in enumerate(pairs, start=hour * 60 + 1):
            now_ns = (start_minute + minute) * MINUTE_NS
            if metric in detector.observe(one, other, MINUTE_NS, now_ns):
                return minute / 60.0
    return float("inf")


LIKE = Bot()
SLOW = Bot(fills_per_hour=4.0, orders_per_hour=20.0)
DIVERGENCES: dict[str, tuple[Bot, Bot, str]] = {
    "fills/h 3x up at 18/h": (LIKE, Bot(fills_per_hour=54.0), metrics.FILLS_PER_HOUR),
    "fills/h 3x down from 18/h": (LIKE, Bot(fills_per_hour=6.0), metrics.FILLS_PER_HOUR),
    "fills/h 3x apart, mean 18/h": (
        Bot(fills_per_hour=9.0),
        Bot(fills_per_hour=27.0),
        metrics.FILLS_PER_HOUR,
    ),
    "fill rate 3x up at 18/h": (LIKE, Bot(fills_per_hour=54.0), metrics.FILL_RATE),
    "fills/h 3x up at 4/h": (
        SLOW,
        Bot(fills_per_hour=12.0, orders_per_hour=20.0),
        metrics.FILLS_PER_HOUR,
    ),
    "clustered fills/h 3x up at 18/h": (
        Bot(is_clustered=True),
        Bot(fills_per_hour=54.0, is_clustered=True),
        metrics.FILLS_PER_HOUR,
    ),
    "rejections 3x, 2 % to 6 %": (LIKE, Bot(rejection_rate=0.06), metrics.REJECTION_RATE),
    "latency 3x": (LIKE, Bot(latency_median_s=0.75), metrics.LATENCY),
    "spread 3x": (LIKE, Bot(spread_usd=0.06), metrics.SPREAD),
    "profit 1.5 USD/h lower": (LIKE, Bot(pnl_usd_per_hour=-1.3), metrics.PNL_PER_HOUR),
    "markout 0.6 c worse": (LIKE, Bot(markout_mean_cents=0.7), metrics.MARKOUT),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both tables; return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=400, help="weeks without divergence")
    parser.add_argument("--runs", type=int, default=300, help="runs of each divergence")
    options = parser.parse_args(arguments)
    cases: dict[str, Callable[[], Counter[str]]] = {
        "independent, 18 fills/h": lambda: false_alarms(options.weeks, LIKE, 1),
        "clustered, 18 fills/h": lambda: false_alarms(options.weeks, Bot(is_clustered=True), 2),
        "independent, 4 fills/h": lambda: false_alarms(options.weeks // 4, SLOW, 3),
    }
    print("false alarms a week, all seven quantities together")
    for name, count in cases.items():
        found = count()
        weeks = options.weeks if "18" in name else options.weeks // 4
        print(f"  {name:34} {sum(found.values()) / weeks:.4f} in {weeks} weeks {dict(found)}")
    print("hours until a true divergence is found: median, p90")
    for seed, (name, (demo, prod, metric)) in enumerate(DIVERGENCES.items(), start=10):
        found_h = delays_h(options.runs, demo, prod, metric, seed)
        median, p90 = np.quantile(found_h, [0.5, 0.9], method="higher")
        print(f"  {name:34} {median:5.2f} {p90:6.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
