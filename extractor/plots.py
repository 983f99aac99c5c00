"""The plots of the report, drawn from order logs: each returns a figure, or None without data.

Colours are placeholders that `svg.py` turns into the page's own, so that one drawing reads well in
light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator, PercentFormatter
from numpy.typing import NDArray

from bot.domain.calibration import Estimate
from bot.domain.markout import HORIZONS_S
from extractor.estimators import fills, latency, markouts, rejections
from extractor.log import OrderLog
from extractor.stats import clusters, share_interval
from extractor.summary import Summary, pnl_curve
from extractor.svg import SERIES, new_axes

MARKERS = ("o", "s", "D")
STYLES = ("-", "--", "-.")
POINTS_MAX = 400
BINS_MAX = 12
BIN_WIDTHS_CENTS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
ORDERS_PER_BIN_MIN = 10
LEVELS_MAX = 6
BAR_HEIGHT = 0.24


class ReportSet(msgspec.Struct):
    """One named bot in a report."""

    name: str
    log: OrderLog
    summary: Summary


Sets = Sequence[ReportSet]


def fills_by_level(sets: Sets) -> Figure | None:
    """Return the share of orders filled at each level, with 95 % intervals."""
    measured = [
        {int(key): value for key, value in fills.by_level(s.log).items() if "_" not in key}
        for s in sets
    ]
    levels = sorted({level for one in measured for level in one})[:LEVELS_MAX]
    if not levels:
        return None
    figure, (axes,) = new_axes()
    for index, one in enumerate(measured):
        xs = [x + _dodge(index, len(sets)) for x, level in enumerate(levels) if level in one]
        _points(axes, xs, [one[level] for level in levels if level in one], index, sets)
    axes.set_xticks(range(len(levels)), [_level_name(level) for level in levels])
    axes.set_xlim(-0.5, len(levels) - 0.5)
    axes.set_ylabel("orders filled")
    _percent(axes)
    return figure


def fills_by_distance(sets: Sets) -> Figure | None:
    """Return the share of orders filled by distance from the mid, with 95 % intervals."""
    distances = [_distances(s.log) for s in sets]
    pooled = np.array([cents for one in distances for cents, _, _ in one])
    if not len(pooled):
        return None
    low, high = np.quantile(pooled, [0.01, 0.99])
    width = next((w for w in BIN_WIDTHS_CENTS if (high - low) / w < BINS_MAX), BIN_WIDTHS_CENTS[-1])
    figure, (axes,) = new_axes()
    for index, one in enumerate(distances):
        _draw_bins(axes, one, width, (float(low), float(high)), index, sets)
    axes.set_xlabel("cents behind the mid when placed")
    axes.set_ylabel("orders filled")
    _percent(axes)
    return figure


def latency_curves(sets: Sets) -> Figure | None:
    """Return the share of acceptances and of cancels answered within a time."""
    samples = [(latency.ack_ms(s.log), latency.cancel_ms(s.log)) for s in sets]
    if not any(len(ack) for ack, _ in samples):
        return None
    figure, axes_list = new_axes(columns=2)
    for panel, title in enumerate(("acceptance", "cancel")):
        axes = axes_list[panel]
        for index, sample in enumerate(samples):
            _draw_ecdf(axes, sample[panel], index, sets[index].name)
        axes.set_title(title)
        axes.set_xlabel("milliseconds")
        _percent(axes)
        _plain_log_ticks(axes, [sample[panel] for sample in samples])
    axes_list[0].set_ylabel("answered within")
    return figure


def markout_curve(sets: Sets) -> Figure | None:
    """Return the mean cost per share by horizon, with 95 % intervals."""
    figure, (axes,) = new_axes()
    horizons = HORIZONS_S
    drawn = False
    for index, one in enumerate(sets):
        measured = [markouts.markout(one.log, horizon, "cents") for horizon in horizons]
        usable = [
            (x, estimate) for x, estimate in enumerate(measured) if estimate.value is not None
        ]
        drawn = drawn or bool(usable)
        xs = [x + _dodge(index, len(sets)) for x, _ in usable]
        _points(axes, xs, [estimate for _, estimate in usable], index, sets, joined=True)
    if not drawn:
        return None
    axes.axhline(0.0, color="#020202", linewidth=1)
    axes.set_xticks(range(len(horizons)), [f"{horizon} s" for horizon in horizons])
    axes.set_xlabel("after the fill")
    axes.set_ylabel("cents per share against us")
    return figure


def rejections_by_reason(sets: Sets) -> Figure | None:
    """Return rejected orders by reason, as a share of answered orders."""
    counted = [rejections.by_reason(s.log) for s in sets]
    reasons = sorted({reason for one in counted for reason in one})
    if not reasons:
        return None
    figure, (axes,) = new_axes()
    height = BAR_HEIGHT
    for index, (one, counts) in enumerate(zip(sets, counted, strict=True)):
        answered = max(1, one.summary.answered)
        values = [counts.get(reason, 0) / answered for reason in reasons]
        ys = [y + (index - (len(sets) - 1) / 2) * height for y in range(len(reasons))]
        axes.barh(ys, values, height * 0.9, color=SERIES[index], label=one.name)
    axes.set_yticks(range(len(reasons)), [reason.replace("_", " ") for reason in reasons])
    axes.set_ylim(max(len(reasons) - 0.5, 1.0), min(-0.5, len(reasons) - 2.0))
    axes.set_xlabel("share of answered orders")
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
    axes.grid(visible=False, axis="y")
    return figure


def pnl_over_time(sets: Sets) -> Figure | None:
    """Return the profit since the start over hours."""
    curves = [pnl_curve(s.log) for s in sets]
    if not any(curves):
        return None
    figure, (axes,) = new_axes()
    for index, (one, curve) in enumerate(zip(sets, curves, strict=True)):
        kept = [curve[i] for i in _thin(len(curve))]
        start = curve[0][0] if curve else 0
        xs = [(ts_ns - start) / 3.6e12 for ts_ns, _ in kept]
        ys = [usd for _, usd in kept]
        axes.plot(xs, ys, color=SERIES[index], label=one.name)
    axes.axhline(0.0, color="#020202", linewidth=1)
    axes.set_xlabel("hours since the start")
    axes.set_ylabel("dollars")
    return figure


def _points(
    axes: Axes,
    xs: Sequence[float],
    estimates: Sequence[Estimate],
    index: int,
    sets: Sets,
    *,
    joined: bool = False,
) -> None:
    # a level where nothing filled is drawn at 0 with its upper bound
    values = [0.0 if estimate.value is None else estimate.value for estimate in estimates]
    bounds = [estimate.interval for estimate in estimates]
    spans = [b or (v, v) for b, v in zip(bounds, values, strict=True)]
    below = [max(0.0, value - low) for value, (low, _) in zip(values, spans, strict=True)]
    above = [max(0.0, high - value) for value, (_, high) in zip(values, spans, strict=True)]
    axes.errorbar(
        xs,
        values,
        yerr=[below, above],
        fmt=MARKERS[index] + (STYLES[index] if joined else ""),
        color=SERIES[index],
        markersize=5,
        capsize=3,
        linewidth=1.4,
        label=sets[index].name,
    )


def _distances(log: OrderLog) -> list[tuple[float, int, bool]]:
    found = ((log.distance_cents(order), order) for order in log.rested())
    return [(cents, order.block, bool(order.fills)) for cents, order in found if cents is not None]


def _draw_bins(
    axes: Axes,
    distances: Sequence[tuple[float, int, bool]],
    width: float,
    span: tuple[float, float],
    index: int,
    sets: Sets,
) -> None:
    bins: dict[int, list[tuple[int, float, float]]] = {}
    for cents, block, filled in distances:
        if span[0] <= cents <= span[1]:
            bins.setdefault(round(cents / width), []).append((block, float(filled), 1.0))
    kept = sorted(b for b, items in bins.items() if len(items) >= ORDERS_PER_BIN_MIN)
    xs = [b * width + _dodge(index, len(sets)) * width for b in kept]
    estimates = []
    for b in kept:
        value, interval, _ = share_interval(clusters(bins[b]))
        estimates.append(Estimate(value, "1", interval, len(bins[b]), "", sufficient=True))
    _points(axes, xs, estimates, index, sets, joined=True)


def _draw_ecdf(axes: Axes, ordered: NDArray[np.float64], index: int, name: str) -> None:
    if not len(ordered):
        return
    kept = _thin(len(ordered))
    shares = [(i + 1) / len(ordered) for i in kept]
    axes.plot(
        ordered[kept],
        shares,
        STYLES[index],
        color=SERIES[index],
        label=name,
        drawstyle="steps-post",
    )


def _plain_log_ticks(axes: Axes, samples: Sequence[NDArray[np.float64]]) -> None:
    # a logarithmic axis with round numbers that people read: 100, 200, 500
    pooled = np.concatenate(samples)
    if not len(pooled):
        return
    low, high = np.quantile(pooled, [0.001, 0.999])
    axes.set_xscale("log")
    axes.set_xlim(max(0.01, low / 1.3), max(high, low * 1.05) * 1.3)
    ticks = [m * 10.0**e for e in range(-2, 6) for m in (1, 2, 5)]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _thin(n: int) -> list[int]:
    # evenly spaced indexes, both ends kept
    if n <= POINTS_MAX:
        return list(range(n))
    return [round(i * (n - 1) / (POINTS_MAX - 1)) for i in range(POINTS_MAX)]


def _dodge(index: int, n: int) -> float:
    return (index - (n - 1) / 2) * 0.16


def _level_name(level: int) -> str:
    names = {-1: "inside\nthe spread", 0: "at the\nbest price"}
    return names.get(level, f"{level} level{'s' if level > 1 else ''}\nbehind")


def _percent(axes: Axes) -> None:
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
