"""How well a fit on the first two thirds of the window predicts the fills of the last third."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.calibration import Estimate, QueueParameters
from extractor.estimators.common import EVENTS_TO_SHOW, applied_value, nothing
from extractor.estimators.queue import QueuePath, phi, predicted_fills, theta_miss
from extractor.records import OrderRecord
from extractor.stats import clusters, ratio_interval

FIT_SHARE = 2 / 3
METHOD = "fit_first_two_thirds"


def holdout_fill_ratio(
    orders: Sequence[OrderRecord], traced: Sequence[QueuePath], prior: QueueParameters
) -> Estimate:
    """Return predicted over observed fills of the held-out third; 1 is perfect.

    `traced` are the paths of the traceable ones among `orders`.
    """
    border = _border(orders)
    observed = [path for path in traced if path.submitted_ns > border]
    fills = sum(path.is_filled for path in observed)
    if fills < EVENTS_TO_SHOW:
        note = f"{fills} traced fills in the last third; {EVENTS_TO_SHOW} are needed"
        return nothing("ratio", METHOD, note, fills)
    queue, _ = fit(
        [order for order in orders if order.submitted_ns <= border],
        [path for path in traced if path.submitted_ns <= border],
        prior,
    )
    blocks = clusters(
        (path.block, predicted_fills(path, queue), float(path.is_filled)) for path in observed
    )
    ratio, interval = ratio_interval(blocks)
    return Estimate(
        value=ratio,
        unit="ratio",
        interval=interval,
        n=fills,
        method=METHOD,
        sufficient=True,
        note=f"predicted over observed fills of the last third, with phi {queue.phi:.2f}",
    )


def fit(
    orders: Sequence[OrderRecord], traced: Sequence[QueuePath], prior: QueueParameters
) -> tuple[QueueParameters, dict[str, Estimate]]:
    """Return the queue parameters these orders support, with their estimates.

    What they do not support keeps the prior.
    """
    theta = theta_miss(orders)
    miss = applied_value(theta, prior.theta_miss)
    queue = phi(traced, miss, theta.interval if theta.applied else None)
    parameters = QueueParameters(
        phi=applied_value(queue, prior.phi), theta_miss=miss, print_miss=prior.print_miss
    )
    return parameters, {"queue_phi": queue, "queue_theta_miss": theta}


def _border(orders: Sequence[OrderRecord]) -> int:
    # the end of the first two thirds of the time the orders span
    times = [order.submitted_ns for order in orders] or [0]
    return min(times) + round((max(times) - min(times)) * FIT_SHARE)
