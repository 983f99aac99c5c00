"""Fill rates count every accepted order, filled or not."""

import pytest

from extractor.estimators import fills
from extractor.log import OrderLog, fold
from tests.extractor.conftest import Day, Scribe


def log_of(scribe: Scribe, orders: int, filled: int, level: int = 0) -> OrderLog:
    """`orders` accepted ones an hour apart, the first `filled` of them filled, resting a minute."""
    for number in range(orders):
        at_ms, order_id = number * 3_600_000.0, f"{level}-{number}"
        scribe.submit(order_id, at_ms, level=level)
        scribe.accept(order_id, at_ms)
        if number < filled:
            scribe.fill(order_id, at_ms + 60_000.0)
        else:
            scribe.cancel(order_id, at_ms + 60_000.0)
    return fold(scribe.events)


def test_unfilled_orders_are_exposure(scribe: Scribe) -> None:
    """20 fills of 100 accepted orders in 100 minutes at rest."""
    log = log_of(scribe, orders=100, filled=20)
    rate = fills.fill_rate(log.rested(), applies="fill_probability")
    hazard = fills.hazard(log.rested(), log.ends_ns)
    assert (0.2, 100, True) == (rate.value, rate.n, rate.sufficient)
    assert pytest.approx(0.2) == hazard.value
    assert "100 minutes at rest" == hazard.note


def test_rejected_orders_are_no_exposure(scribe: Scribe) -> None:
    """What never rested could not fill."""
    scribe.submit("a", 0.0)
    scribe.reject("a", 1.0)
    log = fold(scribe.events)
    assert fills.fill_rate(log.rested()).value is None
    assert fills.hazard(log.rested(), log.ends_ns).value is None


def test_an_order_of_a_crashed_run_rests_until_its_end() -> None:
    """Nobody took it off in the journal: it is not exposed until the end of the next run."""
    crashed, after = Scribe(run_id="one"), Scribe(run_id="two")
    crashed.submit("a", 0.0)
    crashed.accept("a", 0.0)
    crashed.quote(60_000.0)
    after.quote(3_600_000.0)
    log = fold([*crashed.events, *after.events])
    assert "1 minutes at rest" in fills.hazard(log.rested(), log.ends_ns).note


def test_levels_are_told_apart(day: Day) -> None:
    """Each level has its share and its hazard; deeper levels fill less."""
    levels = fills.by_level(fold(day.events))
    assert ["0", "0_hazard_per_min", "1", "1_hazard_per_min", "2", "2_hazard_per_min"] == list(
        levels
    )
    best, second = levels["0"].value, levels["1"].value
    assert best is not None
    assert second is not None
    assert best > second


def test_a_level_without_fills_shows_its_upper_bound_alone(scribe: Scribe) -> None:
    """Zero of 50 is no fill rate of zero."""
    levels = fills.by_level(log_of(scribe, orders=50, filled=0, level=3))
    assert (None, False) == (levels["3"].value, levels["3"].sufficient)
    assert levels["3"].interval is not None
    hazard = levels["3_hazard_per_min"]
    assert (None, False) == (hazard.value, hazard.sufficient)
    assert hazard.interval is not None


def test_fills_after_a_cancel_request_are_a_share_of_cancels(scribe: Scribe) -> None:
    """One of two requested cancels came too late."""
    for order_id, late in (("a", True), ("b", False)):
        scribe.submit(order_id, 0.0)
        scribe.accept(order_id, 1.0)
        scribe.request_cancel(order_id, 2.0)
        if late:
            scribe.fill(order_id, 3.0, after_cancel=True)
    estimate = fills.stale_fill_share(fold(scribe.events))
    assert (0.5, 2, None) == (estimate.value, estimate.n, estimate.applied)
