"""What panels and alerts read often, recorded by environment, and the plain folds for panels.

A fold is the higher rate over the lower, 1 or more, each with half an event added so that 0 against
3 is finite, and only with 30 events on each side. It colours a panel amber; the alarm is the
detector's, because a plain ratio of six hours is wrong several times a week (calibration.md 4.4).
"""

from __future__ import annotations

from alerting.rule import Group, Recording
from exporters.catalogue import Metric, health, money, orders, quoting

WINDOW = "6h"
HOURS = 6
EVENTS_MIN = 30
CENTS_FLOOR = 0.2
USD_PER_HOUR_FLOOR = 0.25
PRODUCTION = 'env=~"prod|rehearsal"'
DEMO = 'env="demo"'


def env(metric: Metric, operation: str) -> str:
    """Return the name of a metric recorded by environment."""
    return f"env:{metric.stem}:{operation}"


def _increase(metric: Metric, window: str) -> Recording:
    return Recording(
        env(metric, f"increase{window}"), f"sum by (env) (increase({metric.name}[{window}]))"
    )


def _quantile(share: float, window: str) -> Recording:
    name = orders.ANSWER_SECONDS.name
    buckets = f'sum by (env, le) (increase({name}_bucket{{result="accepted"}}[{window}]))'
    return Recording(
        env(orders.ANSWER_SECONDS, f"p{share * 100:g}_{window}"),
        f"histogram_quantile({share}, {buckets})",
    )


def _fold(quantity: str, counts: str) -> Recording:
    """The higher of production and demo over the lower, where both have enough events."""
    prod, demo = f"{quantity}{{{PRODUCTION}}}", f"{quantity}{{{DEMO}}}"
    both = (
        f"({counts}{{{PRODUCTION}}} >= {EVENTS_MIN})\n"
        f"and on () ({counts}{{{DEMO}}} >= {EVENTS_MIN})"
    )
    _, name, operation = quantity.split(":")
    return Recording(
        f"pair:{name}:fold_{operation}",
        f"(\n  ({prod} / on () group_left {demo} >= 1)\n"
        f"  or on (env) (1 / ({prod} / on () group_left {demo}))\n)\nand on (env) (\n{both}\n)",
    )


def _relative(quantity: str, floor: float) -> Recording:
    """The difference over the larger of the two and a floor: above 0.5 is more than 2x."""
    prod, demo = f"{quantity}{{{PRODUCTION}}}", f"{quantity}{{{DEMO}}}"
    difference = f"abs({prod} - on () group_left {demo})"
    larger = (
        f"(abs({prod}) > on () group_left abs({demo}))\n"
        f"or on (env) (0 * {prod} + on () group_left abs({demo}))"
    )
    _, name, operation = quantity.split(":")
    return Recording(
        f"pair:{name}:relative_{operation}",
        f"{difference}\n/ on (env) clamp_min(\n{larger},\n{floor})",
    )


FILL_RATE = f"env:pmm_fill_rate:ratio{WINDOW}"
FILLS_PER_HOUR = f"env:pmm_fills_per_hour:mean{WINDOW}"
REJECTION_RATE = f"env:pmm_rejection_rate:ratio{WINDOW}"
LATENCY = env(orders.ANSWER_SECONDS, f"p50_{WINDOW}")
SPREAD = env(quoting.SPREAD, f"mean{WINDOW}")
MARKOUT = env(money.MARKOUT_CENTS, f"mean{WINDOW}")
PNL = f"env:pmm_pnl_usd_per_hour:mean{WINDOW}"
SUBMITTED = env(orders.SUBMITTED, f"increase{WINDOW}")
ACCEPTED = env(orders.ACCEPTED, f"increase{WINDOW}")
FILLED = env(orders.FILLED, f"increase{WINDOW}")
FILLS = env(orders.FILLS, f"increase{WINDOW}")
REJECTED = env(orders.REJECTED, f"increase{WINDOW}")
SPREAD_SAMPLES = f"env:{quoting.SPREAD.name}_count:increase{WINDOW}"

_CENTS, _COUNT = money.MARKOUT_CENTS.name, money.MARKOUTS.name
_OURS = '{whose="ours"}'

GROUP = Group(
    "pmm_recording",
    (
        *(
            _increase(metric, WINDOW)
            for metric in (
                orders.SUBMITTED,
                orders.ACCEPTED,
                orders.FILLED,
                orders.FILLS,
                orders.REJECTED,
            )
        ),
        Recording(
            SPREAD_SAMPLES,
            f"sum by (env) (increase({quoting.SPREAD.name}_count{_OURS}[{WINDOW}]))",
        ),
        Recording(FILL_RATE, f"({FILLED} + 0.5) / ({ACCEPTED} + 1)"),
        Recording(FILLS_PER_HOUR, f"({FILLS} + 0.5) / {HOURS}"),
        Recording(REJECTION_RATE, f"({REJECTED} + 0.5) / ({SUBMITTED} + 1)"),
        _quantile(0.5, WINDOW),
        _quantile(0.95, "15m"),
        Recording(
            SPREAD,
            f"sum by (env) (increase({quoting.SPREAD.name}_sum{_OURS}[{WINDOW}]))\n"
            f"/ {SPREAD_SAMPLES}",
        ),
        Recording(
            MARKOUT,
            "(\n"
            f'  sum by (env) (increase({_CENTS}{{horizon="60s", sign="loss"}}[{WINDOW}]))\n'
            f'  - sum by (env) (increase({_CENTS}{{horizon="60s", sign="gain"}}[{WINDOW}]))\n'
            f') / sum by (env) (increase({_COUNT}{{horizon="60s"}}[{WINDOW}]))',
        ),
        Recording(
            PNL,
            f"sum by (env) (delta({money.EQUITY.name}[{WINDOW}])) / {HOURS}\n"
            f"and on (env) (time() - {health.RUN_START.name} > {HOURS * 3600})",
        ),
        _fold(FILL_RATE, ACCEPTED),
        _fold(FILLS_PER_HOUR, FILLS),
        _fold(REJECTION_RATE, SUBMITTED),
        _fold(LATENCY, ACCEPTED),
        _fold(SPREAD, SPREAD_SAMPLES),
        _relative(MARKOUT, CENTS_FLOOR),
        _relative(PNL, USD_PER_HOUR_FLOOR),
    ),
    interval="1m",
)
