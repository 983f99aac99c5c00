"""A calibration from an order log: every estimate, and the paper configuration that they support.

A parameter is set only when its estimate passed its minimum; else it keeps the prior and the
estimate's note says why (docs/calibration.md).
"""

from __future__ import annotations

import msgspec

from bot.domain.calibration import (
    SCHEMA_VERSION,
    Calibration,
    Estimate,
    PaperConfig,
    Window,
    content_hash,
)
from extractor.estimators import (
    costs,
    fills,
    holdout,
    jumps,
    latency,
    markouts,
    queue,
    rejections,
    settlement,
    spread,
)
from extractor.estimators.common import applied_value, nothing
from extractor.estimators.queue_paths import PaperQueue
from extractor.log import OrderLog

SEED = 1
"""Of the simulated orders behind phi: the same log gives the same file."""

HEADLINES = {
    "real_fill_rate": "fill_rate",
    "real_adverse_selection_bps": "adverse_selection_60s_bps",
    "real_fee_bps": "fee_bps",
    "real_latency_ms": "ack_p50_ms",
    "real_rejection_rate": "rejection_rate",
    "real_spread_bps": "spread_bps",
    "real_gas_cost_per_tx": "gas_usd",
    "real_max_jump_pct": "max_jump_pct",
}
"""Which estimate stands behind each top-level key."""

NOT_HERE = {
    "entry_share": (
        "1",
        "not identifiable from our own journal: it needs our order as seen on the public feed",
    ),
    "residual_cash_cents": (
        "cents",
        "needs the twin's fills of the same orders; nothing is charged without them",
    ),
}
"""Parameters that no order log can tell, with the reason."""


def calibrate(
    log: OrderLog, window: Window, source: str, prior: PaperConfig | None = None
) -> Calibration:
    """Return the calibration that the log supports, with its hash filled in."""
    prior = PaperConfig() if prior is None else prior
    orders = log.rested()
    traced = queue.paths(orders, PaperQueue(orders, SEED))
    queue_parameters, queue_estimates = holdout.fit(orders, traced, prior.queue)
    estimates = {
        **_measured(log),
        **queue_estimates,
        "holdout_fill_ratio": holdout.holdout_fill_ratio(orders, traced, prior.queue),
        **{key: nothing(unit, "none", note) for key, (unit, note) in NOT_HERE.items()},
    }
    config = _paper_config(log, estimates, prior)
    calibration = Calibration(
        real_fill_rate=headline(estimates["fill_rate"]),
        real_adverse_selection_bps=headline(estimates["adverse_selection_60s_bps"]),
        real_fee_bps=headline(estimates["fee_bps"]),
        real_latency_ms=headline(estimates["ack_p50_ms"]),
        real_rejection_rate=headline(estimates["rejection_rate"]),
        real_spread_bps=headline(estimates["spread_bps"]),
        real_gas_cost_per_tx=headline(estimates["gas_usd"]),
        real_max_jump_pct=headline(estimates["max_jump_pct"]),
        suggested_paper_config=msgspec.structs.replace(config, queue=queue_parameters),
        schema_version=SCHEMA_VERSION,
        window=window,
        counts=counts(log),
        estimates=estimates,
        by_level=fills.by_level(log),
        by_horizon=markouts.by_horizon(log),
        rejections_by_reason=rejections.by_reason(log),
        markets=log.markets,
        source=source,
    )
    return msgspec.structs.replace(calibration, hash=content_hash(calibration))


def headline(estimate: Estimate) -> float | None:
    """Return the value of a sufficient estimate, else None."""
    return estimate.value if estimate.sufficient else None


def counts(log: OrderLog) -> dict[str, int]:
    """Return how many orders, fills and events there were; `damage.<kind>` is what was skipped."""
    orders = list(log.orders.values())
    return {
        "events": log.events,
        "orders_submitted": len(orders),
        "orders_accepted": sum(order.rested for order in orders),
        "orders_rejected": sum(order.rejection_reason is not None for order in orders),
        "orders_lost": latency.lost(log),
        "orders_filled": sum(bool(order.fills) for order in orders),
        "orders_canceled": sum(order.canceled_ns is not None for order in orders),
        "fills": len(log.fills()),
        "traces": sum(order.trace is not None for order in orders),
        "traces_whole": len(queue.traceable(orders)),
        "minutes_alive": round(log.hours * 60),
        **{f"damage.{kind}": n for kind, n in sorted(log.damage.items())},
    }


def _measured(log: OrderLog) -> dict[str, Estimate]:
    orders = log.rested()
    lost = latency.lost(log)
    return {
        "fill_rate": fills.fill_rate(orders, applies="fill_probability"),
        "fill_hazard_per_min": fills.hazard(orders, log.ends_ns),
        "stale_fill_share": fills.stale_fill_share(log),
        **latency.quantiles(latency.ack_ms(log), "ack", censored=lost),
        **latency.quantiles(latency.cancel_ms(log), "cancel"),
        **latency.quantiles(latency.settlement_ms(log), "settlement"),
        "lost_share": latency.lost_share(log),
        "adverse_selection_60s_bps": markouts.markout(log, markouts.HEADLINE_S, "bps"),
        "adverse_selection_60s_cents": markouts.markout(log, markouts.HEADLINE_S, "cents"),
        "rejection_rate": rejections.rejection_rate(log),
        "rejection_rate_exogenous": rejections.exogenous_rate(log),
        **rejections.reason_rates(log),
        "settlement_failure_rate": settlement.failure_rate(log),
        **spread.estimates(log),
        "fee_bps": costs.fee_bps(log),
        "gas_usd": costs.gas_usd(log),
        "max_jump_pct": jumps.max_jump_pct(log),
        "max_jump_cents": jumps.max_jump_cents(log),
        "unprinted_fill_share": queue.unprinted_fill_share(orders),
    }


def _paper_config(log: OrderLog, estimates: dict[str, Estimate], prior: PaperConfig) -> PaperConfig:
    # Marks in `estimates` what was applied, where the estimator could not know it alone.
    config = msgspec.structs.replace(
        prior,
        fill_probability=applied_value(estimates["fill_rate"], prior.fill_probability),
        maker_fee_bps=applied_value(estimates["fee_bps"], prior.maker_fee_bps),
        gas_usd_per_onchain_op=applied_value(estimates["gas_usd"], prior.gas_usd_per_onchain_op),
        rtt=latency.distribution(latency.ack_ms(log), prior.rtt),
        cancel_rtt=latency.distribution(latency.cancel_ms(log), prior.cancel_rtt),
        rejections=rejections.parameters(
            log, estimates["rejection_rate_exogenous"], prior.rejections
        ),
        settlement=settlement.parameters(
            log, estimates["settlement_failure_rate"], prior.settlement
        ),
    )
    drift = headline(estimates["adverse_selection_60s_bps"])
    if drift is not None:
        config = msgspec.structs.replace(config, adverse_selection_bps=drift)
        _mark(estimates, "adverse_selection_60s_bps", "adverse_selection_bps")
    drawn = {
        "ack_p50_ms": ("rtt", config.rtt, prior.rtt),
        "cancel_p50_ms": ("cancel_rtt", config.cancel_rtt, prior.cancel_rtt),
        "settlement_p50_ms": (
            "settlement.delay",
            config.settlement.delay,
            prior.settlement.delay,
        ),
    }
    for name, (parameter, measured, before) in drawn.items():
        if measured is not before:
            _mark(estimates, name, parameter)
    return config


def _mark(estimates: dict[str, Estimate], name: str, parameter: str) -> None:
    estimates[name] = msgspec.structs.replace(estimates[name], applied=parameter)
