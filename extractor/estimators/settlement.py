"""How matched trades settle: the delay to CONFIRMED, and how often they fail."""

from __future__ import annotations

from bot.domain.calibration import Estimate, SettlementParameters
from bot.domain.reports import TradeState
from extractor.estimators.common import applied_value, share
from extractor.estimators.latency import distribution, settlement_ms
from extractor.log import OrderLog
from extractor.stats import clusters

FAILURE_APPLIES = "settlement.failure_probability"


def failure_rate(log: OrderLog) -> Estimate:
    """Return failed over settled trades."""
    ended = (
        (order, fill)
        for order, fill in log.fills()
        if fill.state in {TradeState.CONFIRMED, TradeState.FAILED}
    )
    blocks = clusters(
        (order.block, float(fill.state is TradeState.FAILED), 1.0) for order, fill in ended
    )
    return share(blocks, "failed settlements", "settled trades", applies=FAILURE_APPLIES)


def parameters(
    log: OrderLog, failures: Estimate, prior: SettlementParameters
) -> SettlementParameters:
    """Return the delay as measured (from 50 trades) and the failure share (from 96 failures)."""
    return SettlementParameters(
        delay=distribution(settlement_ms(log), prior.delay),
        failure_probability=applied_value(failures, prior.failure_probability),
    )
