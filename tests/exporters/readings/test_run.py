"""The run as metrics and as facts for health."""

from prometheus_client import CollectorRegistry

from bot.domain import events
from exporters.families import Families
from exporters.readings.run import Event, RunReadings
from tests.exporters.samples import T0, sample


def world(*stream: Event) -> tuple[CollectorRegistry, RunReadings]:
    """The registry and the readings after some events."""
    registry = CollectorRegistry()
    readings = RunReadings(Families(registry, []))
    for event in stream:
        readings.saw(event)
        readings.read(event)
    return registry, readings


def test_a_run_begins() -> None:
    """It says what it is; hashes are in the info alone."""
    registry, readings = world(sample(events.RunStarted, ts_ns=T0))
    info = {
        "version": "0.1.0",
        "venue": "paper-tape",
        "config_hash": "c0ffee",
        "calibration_hash": "priors",
    }
    assert 1 == registry.get_sample_value("pmm_run_info", info)
    assert 1 == registry.get_sample_value("pmm_running")
    assert T0 / 1e9 == registry.get_sample_value("pmm_run_start_timestamp_seconds")
    assert readings.is_running


def test_another_calibration_replaces_the_hash() -> None:
    """There is one series of facts, the present one."""
    registry, _ = world(sample(events.RunStarted), sample(events.CalibrationLoaded))
    (family,) = (each for each in registry.collect() if each.name == "pmm_run")
    assert ["beef"] == [each.labels["calibration_hash"] for each in family.samples]


def test_a_run_ends() -> None:
    """And tells what it left on the book."""
    registry, readings = world(sample(events.RunStarted), sample(events.RunStopped))
    assert 0 == registry.get_sample_value("pmm_running")
    assert 2 == registry.get_sample_value("pmm_orders_left_behind")
    assert not readings.is_running


def test_a_trip_stays() -> None:
    """With its reason, which may be new, and its loss in dollars."""
    registry, readings = world(
        sample(events.KillSwitchTripped), sample(events.KillSwitchTripped, reason="new")
    )
    assert 1 == registry.get_sample_value("pmm_kill_switch_tripped")
    assert 5.1 == registry.get_sample_value("pmm_kill_switch_loss_usd")
    for reason in ("loss", "other"):
        assert 1 == registry.get_sample_value("pmm_kill_switch_trips_total", {"reason": reason})
    assert readings.is_kill_switch_tripped


def test_a_skipped_event_is_counted() -> None:
    """Apart from the others."""
    registry, readings = world()
    readings.skip()
    assert 1 == registry.get_sample_value("pmm_events_skipped_total")
    assert (None, 0) == (readings.last_event_ns, readings.last_seq)
