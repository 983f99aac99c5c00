"""How often orders are refused, and which of the refusals paper may draw at random.

An unknown outcome is never a rejection. Endogenous reasons (cross, balance, grid, rate limit) must
emerge from book and account: only the others become parameters (calibration.md 2.1 G).
"""

from __future__ import annotations

from collections import Counter

from bot.domain.calibration import Estimate, RejectionParameters
from bot.domain.reports import ENDOGENOUS, RejectionReason
from extractor.estimators.common import share
from extractor.log import OrderLog
from extractor.stats import clusters

APPLIES = "rejections.probability"


def by_reason(log: OrderLog) -> dict[str, int]:
    """Return rejections by reason, sorted by name; reasons never seen are absent."""
    counts = Counter(o.rejection_reason.value for o in log.orders.values() if o.rejection_reason)
    return dict(sorted(counts.items()))


def rejection_rate(log: OrderLog) -> Estimate:
    """Return rejected over answered orders, every reason."""
    return _share(log, frozenset(RejectionReason), "rejections", None)


def exogenous_rate(log: OrderLog) -> Estimate:
    """Return the share of answered orders refused for a reason outside book and account."""
    reasons = frozenset(RejectionReason) - ENDOGENOUS
    return _share(log, reasons, "exogenous rejections", APPLIES)


def reason_rates(log: OrderLog) -> dict[str, Estimate]:
    """Return `rejection_rate.<reason>` for each reason seen."""
    return {
        f"rejection_rate.{reason}": _share(
            log, frozenset({RejectionReason(reason)}), f"{reason} rejections", None
        )
        for reason in by_reason(log)
    }


def parameters(log: OrderLog, rate: Estimate, prior: RejectionParameters) -> RejectionParameters:
    """Return the exogenous rate split over its reasons, or the prior while it may not be applied.

    The split needs no minimum of its own: what paper shows is their sum.
    """
    if rate.applied is None or rate.value is None:
        return prior
    counts = {
        reason: n
        for reason, n in by_reason(log).items()
        if RejectionReason(reason) not in ENDOGENOUS
    }
    whole = sum(counts.values())
    return RejectionParameters(
        probability={
            RejectionReason(reason): round(rate.value * n / whole, 6)
            for reason, n in counts.items()
        }
    )


def _share(
    log: OrderLog, reasons: frozenset[RejectionReason], what: str, applies: str | None
) -> Estimate:
    answered = (order for order in log.orders.values() if order.answered)
    blocks = clusters(
        (order.block, float(order.rejection_reason in reasons), 1.0) for order in answered
    )
    return share(blocks, what, "answered orders", applies=applies)
