"""Fees and gas are read off, not estimated."""

from extractor.estimators import costs
from extractor.log import fold
from tests.extractor.conftest import Scribe


def test_the_fee_is_what_was_charged_over_what_was_traded(scribe: Scribe) -> None:
    """5 shares at 0.49 are 2.45 dollars; half a cent of fee on one of two fills."""
    for number, fee in enumerate((0, 4_900)):
        scribe.submit(f"{number}", 0.0)
        scribe.fill(f"{number}", 1.0, fee=fee)
    estimate = costs.fee_bps(fold(scribe.events))
    assert (10.0, (0.0, 20.0), 2) == (estimate.value, estimate.interval, estimate.n)
    assert (True, "maker_fee_bps") == (estimate.sufficient, estimate.applied)


def test_no_fill_is_no_fee() -> None:
    """The paper venue keeps its fee."""
    estimate = costs.fee_bps(fold([]))
    assert (None, False, None) == (estimate.value, estimate.sufficient, estimate.applied)


def test_gas_is_counted_where_it_was_paid(scribe: Scribe) -> None:
    """Fills without gas and damaged figures are not part of the mean."""
    for number, gas in enumerate((0.0, 0.01, 0.03, float("nan"))):
        scribe.submit(f"{number}", 0.0)
        scribe.fill(f"{number}", 1.0, gas_cost_usd=gas)
    estimate = costs.gas_usd(fold(scribe.events))
    assert (0.02, (0.01, 0.03), 2) == (estimate.value, estimate.interval, estimate.n)


def test_gas_of_the_wallet_counts_where_its_price_is_known(scribe: Scribe) -> None:
    """Its transactions are no orders."""
    for gas in (0.02, None, 0.06):
        scribe.mined(0.0, gas)
    estimate = costs.gas_usd(fold(scribe.events))
    assert (0.04, (0.02, 0.06), 2) == (estimate.value, estimate.interval, estimate.n)


def test_no_gas_is_no_price_of_zero(scribe: Scribe) -> None:
    """Matching is paid by the operator: there is nothing to measure."""
    scribe.submit("a", 0.0)
    scribe.fill("a", 1.0)
    assert costs.gas_usd(fold(scribe.events)).value is None
