"""Measures the divergence detector: false alarms without a divergence, delay at a true one.

`python -m benchmarks.divergence` simulates 400 weeks of two bots that are alike, with independent
and with clustered fills, weeks that are not quite alike, and 300 of each divergence (about half an
hour). `--weeks` and `--runs` reduce it. The figures in docs/divergence.md come from here.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np

from benchmarks.divergence_bots import (
    MINUTE_NS,
    MINUTES_A_WEEK,
    Bot,
    Minutes,
    looks_at,
    minutes_of,
)
from exporters.catalogue import divergence as metrics
from exporters.divergence.detector import Detector

QUIET_H = 24
WITHIN_H = 72
"""A divergence that was not found after so long counts as infinite."""
DETECTOR_RESTART_MINUTES = 24 * 60


class Weeks(msgspec.Struct, frozen=True, kw_only=True):
    """Weeks that should raise no alarm.

    `share`: of the weeks asked for. `true`: quantities that do differ by more than 2x.
    """

    demo: Bot
    prod: Bot
    share: float = 1.0
    restarts: bool = False
    true: tuple[str, ...] = ()


class Divergence(msgspec.Struct, frozen=True, kw_only=True):
    """After a quiet time of two bots like `before`, both are what `demo` and `prod` say."""

    metric: str
    demo: Bot
    prod: Bot
    before: Bot | None = None


def alarms_in(demo: Minutes, prod: Minutes, detector: Detector) -> Counter[str]:
    """Return the alarms by quantity over the minutes of both bots."""
    found: Counter[str] = Counter()
    for minute, (one, other) in enumerate(zip(demo, prod, strict=True), start=1):
        alarms = detector.observe(one, other, MINUTE_NS, minute * MINUTE_NS)
        found.update({name: len(raised) for name, raised in alarms.items()})
    return found


def alarms_with_restarts(demo: Minutes, prod: Minutes, random: np.random.Generator) -> Counter[str]:
    """The same where both bots restart now and then, and the detector once a day."""
    found: Counter[str] = Counter()
    detector = Detector()
    for minute, look in enumerate(looks_at(demo, prod, random), start=1):
        if minute % DETECTOR_RESTART_MINUTES == 0:
            detector = msgspec.json.decode(msgspec.json.encode(detector), type=Detector)
        found.update({name: len(raised) for name, raised in detector.look(look).items()})
    return found


def false_alarms(weeks: int, case: Weeks, seed: int) -> Counter[str]:
    """Return the false alarms by quantity in so many weeks, a fresh start each."""
    found: Counter[str] = Counter()
    for week in range(weeks):
        random = np.random.default_rng([seed, week])
        demo = minutes_of(case.demo, MINUTES_A_WEEK, random)
        prod = minutes_of(case.prod, MINUTES_A_WEEK, random)
        if case.restarts:
            found.update(alarms_with_restarts(demo, prod, random))
        else:
            found.update(alarms_in(demo, prod, Detector()))
    return Counter({name: count for name, count in found.items() if name not in case.true})


def delays_h(
    runs: int, case: Divergence, seed: int, *, quiet_h: int = QUIET_H, within_h: int = WITHIN_H
) -> list[float]:
    """Return the hours until the quantity alarms, infinite where it does not `within_h`."""
    delays = []
    for run in range(runs):
        random = np.random.default_rng([seed, run])
        detector = Detector()
        before, quiet = case.before or case.demo, quiet_h * 60
        alarms_in(minutes_of(before, quiet, random), minutes_of(before, quiet, random), detector)
        delays.append(_delay_h(detector, case, quiet, within_h, random))
    return delays


def _delay_h(
    detector: Detector,
    case: Divergence,
    start_minute: int,
    within_h: int,
    random: np.random.Generator,
) -> float:
    for hour in range(within_h):
        demo, prod = minutes_of(case.demo, 60, random), minutes_of(case.prod, 60, random)
        for minute, (one, other) in enumerate(zip(demo, prod, strict=True), start=hour * 60 + 1):
            now_ns = (start_minute + minute) * MINUTE_NS
            if case.metric in detector.observe(one, other, MINUTE_NS, now_ns):
                return minute / 60.0
    return float("inf")


LIKE = Bot()
CLUSTERED = Bot(is_clustered=True)
SLOW = Bot(fills_per_hour=4.0, orders_per_hour=20.0)
FEWER = Bot(fills_per_hour=6.0, orders_per_hour=20.0)
QUIET: dict[str, Weeks] = {
    "independent, 18 fills/h": Weeks(demo=LIKE, prod=LIKE),
    "clustered, 18 fills/h": Weeks(demo=CLUSTERED, prod=CLUSTERED),
    "independent, 4 fills/h": Weeks(demo=SLOW, prod=SLOW, share=0.25),
    "a third of the orders and fills": Weeks(
        demo=LIKE, prod=FEWER, share=0.125, true=(metrics.FILLS_PER_HOUR,)
    ),
    "restarts of all three": Weeks(demo=CLUSTERED, prod=CLUSTERED, share=0.125, restarts=True),
    "1.5x more fills all week": Weeks(demo=LIKE, prod=Bot(fills_per_hour=27.0), share=0.125),
    "1.5x fewer fills all week": Weeks(demo=LIKE, prod=Bot(fills_per_hour=12.0), share=0.125),
    "drift to 1.5x and back": Weeks(demo=LIKE, prod=Bot(fills_drift=1.5), share=0.125),
    "drift to 1/1.5 and back": Weeks(demo=LIKE, prod=Bot(fills_drift=1 / 1.5), share=0.125),
}


def _fills(metric: str, demo: float, prod: float, *, is_clustered: bool = False) -> Divergence:
    bots = [Bot(fills_per_hour=rate, is_clustered=is_clustered) for rate in (demo, prod)]
    return Divergence(metric=metric, demo=bots[0], prod=bots[1])


DIVERGENCES: dict[str, Divergence] = {
    "fills/h 18 to 54": _fills(metrics.FILLS_PER_HOUR, 18.0, 54.0),
    "fills/h 18 to 6": _fills(metrics.FILLS_PER_HOUR, 18.0, 6.0),
    "fills/h 9 against 27": Divergence(
        metric=metrics.FILLS_PER_HOUR,
        demo=Bot(fills_per_hour=9.0),
        prod=Bot(fills_per_hour=27.0),
        before=LIKE,
    ),
    "fill rate, 18 to 54 fills/h": _fills(metrics.FILL_RATE, 18.0, 54.0),
    "fill rate, 18 to 6 fills/h": _fills(metrics.FILL_RATE, 18.0, 6.0),
    "fills/h 18 to 54, clustered": _fills(metrics.FILLS_PER_HOUR, 18.0, 54.0, is_clustered=True),
    "fills/h 18 to 6, clustered": _fills(metrics.FILLS_PER_HOUR, 18.0, 6.0, is_clustered=True),
    "fills/h 4 to 12": Divergence(
        metric=metrics.FILLS_PER_HOUR,
        demo=SLOW,
        prod=Bot(fills_per_hour=12.0, orders_per_hour=20.0),
    ),
    "refusals 2 % to 6 % of 60 orders/h": Divergence(
        metric=metrics.REJECTION_RATE, demo=LIKE, prod=Bot(rejection_rate=0.06)
    ),
    "latency 0.25 to 0.75 s": Divergence(
        metric=metrics.LATENCY, demo=LIKE, prod=Bot(latency_median_s=0.75)
    ),
    "spread 2 to 6 cents": Divergence(metric=metrics.SPREAD, demo=LIKE, prod=Bot(spread_usd=0.06)),
    "profit 1.50 dollars/h lower": Divergence(
        metric=metrics.PNL_PER_HOUR, demo=LIKE, prod=Bot(pnl_usd_per_hour=-1.3)
    ),
    "markout 0.6 cents worse": Divergence(
        metric=metrics.MARKOUT, demo=LIKE, prod=Bot(markout_mean_cents=0.7)
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both tables; return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=400, help="weeks without divergence, 0: none")
    parser.add_argument("--runs", type=int, default=300, help="runs of each divergence, 0: none")
    options = parser.parse_args(arguments)
    if options.weeks:
        _print_false_alarms(options.weeks)
    if options.runs:
        _print_delays(options.runs)
    return 0


def _print_false_alarms(weeks_asked: int) -> None:
    print("false alarms a week, all seven quantities together")
    for seed, (name, case) in enumerate(QUIET.items(), start=1):
        weeks = max(1, round(weeks_asked * case.share))
        found = false_alarms(weeks, case, seed)
        print(
            f"  {name:34} {sum(found.values()) / weeks:.4f} in {weeks} weeks {dict(found)}",
            flush=True,
        )


def _print_delays(runs: int) -> None:
    print("hours until a true divergence is found: median, p90")
    for seed, (name, divergence) in enumerate(DIVERGENCES.items(), start=101):
        found_h = delays_h(runs, divergence, seed)
        median, p90 = np.quantile(found_h, [0.5, 0.9], method="higher")
        print(f"  {name:34} {median:5.2f} {p90:6.2f}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
