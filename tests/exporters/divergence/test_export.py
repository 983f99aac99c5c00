"""The metrics say what the detector holds."""

import math

from prometheus_client import CollectorRegistry

from exporters.catalogue import divergence as metrics
from exporters.divergence.counts import Tally
from exporters.divergence.cusum import THRESHOLD, Cusum
from exporters.divergence.detector import Detector, Look
from exporters.divergence.export import DivergenceMetrics
from exporters.divergence.outcome import Alarm, Direction, Seen
from exporters.divergence.totals import read_totals
from tests.exporters.divergence.bots import Bot

FILLS = {"metric": metrics.FILLS_PER_HOUR}
UP = {**FILLS, "direction": "prod_higher"}


def test_every_series_exists_from_the_start() -> None:
    """Each metric of the catalogue, unknown values as NaN."""
    registry = CollectorRegistry()
    DivergenceMetrics(registry)
    found = {family.name for family in registry.collect()}
    assert {metric.stem for metric in metrics.METRICS} == found
    assert THRESHOLD == registry.get_sample_value(metrics.THRESHOLD.name)
    value = registry.get_sample_value(metrics.VALUE.name, {**FILLS, "side": "demo"})
    assert value is not None
    assert math.isnan(value)


def test_a_raised_alarm_is_shown_with_both_values() -> None:
    """Since when, how much, on which side."""
    registry = CollectorRegistry()
    shown = DivergenceMetrics(registry)
    detector = Detector()
    detector.fills_per_hour.lately = Tally(12.0, 36.0, 1.0, 1.0)
    detector.fills_per_hour.prod_higher.cusum = Cusum(raised_since_ns=9 * 10**9, evidence=1.0)
    alarm = Alarm(Direction.PROD_HIGHER, Seen(), 10)
    look = Look(60 * 10**9, read_totals(Bot(start_s=50.0).text()), None)
    shown.show(detector, look, {metrics.FILLS_PER_HOUR: [alarm]})
    expected = {
        (metrics.ACTIVE.name, "prod_higher"): 1.0,
        (metrics.ACTIVE.name, "demo_higher"): 0.0,
        (metrics.SINCE.name, "prod_higher"): 9.0,
        (metrics.CUSUM.name, "prod_higher"): 1.0,
        (metrics.ALARMS.name, "prod_higher"): 1.0,
    }
    for (name, direction), value in expected.items():
        assert value == registry.get_sample_value(name, {**FILLS, "direction": direction})
    for side, value in (("demo", 12.0), ("prod", 36.0)):
        assert value == registry.get_sample_value(metrics.VALUE.name, {**FILLS, "side": side})
    assert (1.0, 0.0, 0.0, 60.0) == (
        registry.get_sample_value(metrics.SIDE_ALIVE.name, {"side": "demo"}),
        registry.get_sample_value(metrics.SIDE_ALIVE.name, {"side": "prod"}),
        registry.get_sample_value(metrics.COMPARING.name),
        registry.get_sample_value(metrics.LAST_LOOK.name),
    )


def test_a_state_that_cannot_be_written_is_counted() -> None:
    """The process goes on."""
    registry = CollectorRegistry()
    DivergenceMetrics(registry).count_state_error()
    assert 1.0 == registry.get_sample_value(metrics.STATE_ERRORS.name)
