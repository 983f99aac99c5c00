"""The figures two bots are compared by, from their order logs, and how far they are apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from bot.domain.units import SIZE_SCALE, dollars
from extractor.estimators import costs, latency, markouts, rejections, spread
from extractor.log import OrderLog
from extractor.stats import quantile

HALF = 0.5
"""Added to every count of a ratio, so that zero against one is no infinity."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One bot over one window; `None` where there was nothing to measure."""

    hours: float
    orders: int
    accepted: int
    filled: int
    accepted_best: int
    filled_best: int
    rejected: int
    answered: int
    shares: float
    ack_p50_ms: float | None
    ack_p95_ms: float | None
    cancel_p50_ms: float | None
    spread_ours_bps: float | None
    spread_market_bps: float | None
    markout_5s_cents: float | None
    markout_60s_cents: float | None
    pnl_usd: float | None
    fees_usd: float
    fee_bps: float | None


class Comparison(msgspec.Struct, frozen=True):
    """One figure of two bots: `ratio` is first over second, always at least 0.

    For `is_signed` figures, which may pass through zero, it is the difference relative to the
    larger of the two, 0 to 2; a floor keeps noise around zero from being a distance.
    `None` where one side has nothing.
    """

    key: str
    title: str
    unit: str
    first: float | None
    second: float | None
    ratio: float | None
    is_signed: bool = False

    @property
    def fold(self) -> float | None:
        """How many times apart the two are, at least 1; `None` for signed figures."""
        if self.ratio is None or self.is_signed or self.ratio <= 0:
            return None
        return max(self.ratio, 1 / self.ratio)


def pnl_usd_per_h(summary: Summary) -> float | None:
    """Return the PnL per hour alive, `None` without a mark of the account."""
    if summary.pnl_usd is None or summary.hours <= 0:
        return None
    return summary.pnl_usd / summary.hours


Names = tuple[str, str, str]
"""Key, title and unit of a figure."""

# names, and where the figure comes from; a rate is a count over an exposure
RATES: Sequence[tuple[Names, Callable[[Summary], tuple[int, float]]]] = (
    (("fills_per_h", "Orders filled per hour", "1/h"), lambda s: (s.filled, s.hours)),
    (("fill_rate", "Orders that fill", "share"), lambda s: (s.filled, s.accepted)),
    (
        ("fill_rate_best", "Orders that fill, at the best price", "share"),
        lambda s: (s.filled_best, s.accepted_best),
    ),
    (("rejection_rate", "Orders rejected", "share"), lambda s: (s.rejected, s.answered)),
)
PLAIN: Sequence[tuple[Names, Callable[[Summary], float | None]]] = (
    (("ack_p50_ms", "Acceptance latency, median", "ms"), lambda s: s.ack_p50_ms),
    (("ack_p95_ms", "Acceptance latency, 95 of 100", "ms"), lambda s: s.ack_p95_ms),
    (("cancel_p50_ms", "Cancel latency, median", "ms"), lambda s: s.cancel_p50_ms),
    (("spread_ours_bps", "Our spread", "bps"), lambda s: s.spread_ours_bps),
    (("spread_market_bps", "Market spread", "bps"), lambda s: s.spread_market_bps),
)
SIGNED: Sequence[tuple[Names, float, Callable[[Summary], float | None]]] = (
    (("markout_5s_cents", "Cost after 5 s per share", "cents"), 0.1, lambda s: s.markout_5s_cents),
    (
        ("markout_60s_cents", "Cost after 60 s per share", "cents"),
        0.1,
        lambda s: s.markout_60s_cents,
    ),
    (("pnl_usd_per_h", "Profit per hour", "USD/h"), 0.05, pnl_usd_per_h),
    (("fee_bps", "Fees paid", "bps"), 1.0, lambda s: s.fee_bps),
)
"""With the floor of the scale: a difference well below it is nothing, whatever its ratio."""


def summarize(log: OrderLog) -> Summary:
    """Return the comparable figures of one order log."""
    orders = list(log.orders.values())
    rested = log.rested()
    best = [order for order in rested if order.level <= 0]
    spreads = spread.estimates(log)
    ack, lost = latency.ack_ms(log), latency.lost(log)
    return Summary(
        hours=log.hours,
        orders=len(orders),
        accepted=len(rested),
        filled=sum(bool(order.fills) for order in rested),
        accepted_best=len(best),
        filled_best=sum(bool(order.fills) for order in best),
        rejected=sum(rejections.by_reason(log).values()),
        answered=sum(order.answered for order in orders),
        shares=sum(fill.size for _, fill in log.fills()) / SIZE_SCALE,
        ack_p50_ms=quantile(ack, 0.5, lost)[0],
        ack_p95_ms=quantile(ack, 0.95, lost)[0],
        cancel_p50_ms=quantile(latency.cancel_ms(log), 0.5)[0],
        spread_ours_bps=spreads["our_spread_bps"].value,
        spread_market_bps=spreads["spread_bps"].value,
        markout_5s_cents=markouts.markout(log, 5, "cents").value,
        markout_60s_cents=markouts.markout(log, 60, "cents").value,
        pnl_usd=_pnl_usd(log),
        fees_usd=dollars(sum(fill.fee for _, fill in log.fills())),
        fee_bps=costs.fee_bps(log).value,
    )


def pnl_curve(log: OrderLog) -> list[tuple[int, float]]:
    """Return (ts_ns, dollars) of all markets together since the window began, in order of time.

    A run's mark is what the account is worth above its start; the marks of each market are carried
    on until its next one, and what a run earned stays after it ended.
    """
    marks = sorted(
        (point.ts_ns, key, point.equity) for key, points in log.equity.items() for point in points
    )
    first: dict[tuple[str, str], int] = {}
    latest: dict[tuple[str, str], int] = {}
    whole, curve = 0, []
    for ts_ns, key, equity in marks:
        first.setdefault(key, equity)
        whole += equity - latest.get(key, first[key])
        latest[key] = equity
        curve.append((ts_ns, dollars(whole)))
    return curve


def compare(first: Summary, second: Summary) -> list[Comparison]:
    """Return every figure of two bots with its ratio, first over second, rates first."""
    return [
        *(_rate(names, counts(first), counts(second)) for names, counts in RATES),
        *(_plain(names, value(first), value(second)) for names, value in PLAIN),
        *(_signed(names, floor, value(first), value(second)) for names, floor, value in SIGNED),
    ]


def _pnl_usd(log: OrderLog) -> float | None:
    curve = pnl_curve(log)
    return curve[-1][1] if curve else None


def _rate(names: Names, first: tuple[int, float], second: tuple[int, float]) -> Comparison:
    (count, exposure), (count_2, exposure_2) = first, second
    if exposure <= 0 or exposure_2 <= 0:
        one = count / exposure if exposure > 0 else None
        other = count_2 / exposure_2 if exposure_2 > 0 else None
        return Comparison(*names, one, other, None)
    ratio = ((count + HALF) / exposure) / ((count_2 + HALF) / exposure_2)
    return Comparison(*names, count / exposure, count_2 / exposure_2, ratio)


def _plain(names: Names, first: float | None, second: float | None) -> Comparison:
    usable = first is not None and second is not None and first > 0 and second > 0
    ratio = first / second if usable and first and second else None
    return Comparison(*names, first, second, ratio)


def _signed(names: Names, floor: float, first: float | None, second: float | None) -> Comparison:
    if first is None or second is None:
        return Comparison(*names, first, second, None, is_signed=True)
    apart = abs(first - second) / max(abs(first), abs(second), floor)
    return Comparison(*names, first, second, apart, is_signed=True)
