"""Settlement parameters from what settled."""

from bot.domain.calibration import SettlementParameters
from bot.domain.reports import TradeState
from extractor.estimators import settlement
from extractor.log import OrderLog, fold
from tests.extractor.conftest import Scribe

PRIOR = SettlementParameters()


def log_of(scribe: Scribe, confirmed: int, failed: int) -> OrderLog:
    """Trades an hour apart, the failed ones last."""
    for number in range(confirmed + failed):
        at_ms = number * 3_600_000.0
        scribe.submit(f"{number}", at_ms)
        scribe.fill(f"{number}", at_ms + 1)
        state = TradeState.CONFIRMED if number < confirmed else TradeState.FAILED
        scribe.settle(f"{number}", at_ms + 4_001, state)
    return fold(scribe.events)


def test_enough_settlements_set_both_parameters(scribe: Scribe) -> None:
    """400 confirmed after 4 s and 100 failed."""
    log = log_of(scribe, 400, 100)
    failures = settlement.failure_rate(log)
    parameters = settlement.parameters(log, failures, PRIOR)
    assert (0.2, 0.2) == (failures.value, parameters.failure_probability)
    assert {4_000.0} == set(parameters.delay.quantiles_ms)


def test_few_settlements_set_nothing(scribe: Scribe) -> None:
    """40 confirmed, none failed: the prior stays."""
    log = log_of(scribe, 40, 0)
    assert PRIOR == settlement.parameters(log, settlement.failure_rate(log), PRIOR)


def test_matched_trades_are_not_settled(scribe: Scribe) -> None:
    """A trade still under way is neither a success nor a failure."""
    scribe.submit("a", 0.0)
    scribe.fill("a", 1.0)
    assert 0 == settlement.failure_rate(fold(scribe.events)).n
