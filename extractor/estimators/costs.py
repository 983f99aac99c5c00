"""What trading cost: the fee as charged, and gas of the transactions we paid for ourselves.

Both are facts, not samples: the interval is the range seen (calibration.md 2.1 E, F).
"""

from __future__ import annotations

from bot.domain.calibration import Estimate
from bot.domain.units import PRICE_SCALE
from extractor.estimators.common import KEEPS_PRIOR, nothing
from extractor.log import OrderLog
from extractor.records import is_number

FEE_APPLIES = "maker_fee_bps"
GAS_APPLIES = "gas_usd_per_onchain_op"


def fee_bps(log: OrderLog) -> Estimate:
    """Return fees over traded value in bps, and the range over fills; one fill is enough."""
    legs = [
        (fill.fee, fill.price * fill.size / PRICE_SCALE)
        for _, fill in log.fills()
        if fill.price > 0 and fill.size > 0
    ]
    if not legs:
        return nothing("bps", "fees_over_value_range", f"no fill: {KEEPS_PRIOR}")
    each = [1e4 * fee / value for fee, value in legs]
    return Estimate(
        value=1e4 * sum(fee for fee, _ in legs) / sum(value for _, value in legs),
        unit="bps",
        interval=(min(each), max(each)),
        n=len(legs),
        method="fees_over_value_range",
        sufficient=True,
        note="interval is the range over fills",
        applied=FEE_APPLIES,
    )


def gas_usd(log: OrderLog) -> Estimate:
    """Return the mean gas in dollars per transaction that cost us gas, and the range.

    Posting, canceling and matching happen off the chain, or at the operator's cost: what remains
    are transactions of the wallet, which has a journal of its own. They are seen where both
    journals are shipped to one bucket.
    """
    paid = [order.rejection_gas_usd for order in log.orders.values()]
    paid += [fill.gas_usd for _, fill in log.fills()]
    paid += log.gas_usd
    costs = [cost for cost in paid if is_number(cost) and cost > 0]
    if not costs:
        return nothing("USD", "mean_range", f"no transaction cost us gas: {KEEPS_PRIOR}")
    return Estimate(
        value=sum(costs) / len(costs),
        unit="USD",
        interval=(min(costs), max(costs)),
        n=len(costs),
        method="mean_range",
        sufficient=True,
        note="interval is the range over transactions",
        applied=GAS_APPLIES,
    )
