"""The wiring: a session says what it is, and a calibration is loaded whole or not at all."""

from pathlib import Path

import msgspec
import pytest

from bot.app import PRIORS, PaperSetup, Session, config_hash, load_calibration
from bot.domain import events
from bot.domain.calibration import Latency, PaperConfig
from bot.domain.errors import CalibrationError
from bot.engine import EngineConfig
from tests.bot.domain.test_calibration import calibration
from tests.bot.engine.world import MARKET, Sink


def test_a_session_says_what_it_runs() -> None:
    """Venue model, seed, settings and calibration are in the first event; the end is the last."""
    sink = Sink()
    session = Session([MARKET], PaperSetup(seed=7, model="legacy"), (sink,))
    session.start(1)
    session.stop("done", 2)
    started, stopped = sink.events[0], sink.events[-1]
    assert isinstance(started, events.RunStarted)
    assert isinstance(stopped, events.RunStopped)
    assert ("paper-legacy", 7, PRIORS, ("rain",)) == (
        started.venue,
        started.seed,
        started.calibration_hash,
        started.markets,
    )
    assert {MARKET.yes: "YES", MARKET.no: "NO"} == started.outcomes
    assert started.cash is None
    assert ("done", 0) == (stopped.reason, stopped.open_orders)


def test_another_calibration_is_used_and_told() -> None:
    """What enters the venue from then on is drawn from it; the event names it."""
    sink = Sink()
    session = Session([MARKET], PaperSetup(), (sink,))
    paper = PaperConfig(rtt=Latency(median_ms=7.0, sigma=0.0))
    session.recalibrate(calibration(suggested_paper_config=paper, hash="new"), 5)
    (told,) = sink.of(events.CalibrationLoaded)
    assert ("new", 10, 5) == (told.calibration_hash, told.measured_until_ns, told.ts_ns)
    assert paper == session.venue._config


def test_equal_settings_have_equal_hashes() -> None:
    """And any difference shows."""
    other = msgspec.structs.replace(EngineConfig(), decision_interval_ms=251)
    assert config_hash(EngineConfig()) == config_hash(EngineConfig())
    assert config_hash(EngineConfig()) != config_hash(other)


def test_a_calibration_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """Missing, or no calibration at all."""
    path = tmp_path / "calibration.json"
    with pytest.raises(CalibrationError, match=r"cannot read the calibration .*json"):
        load_calibration(path)
    path.write_text("{}")
    with pytest.raises(CalibrationError, match=r"calibration\.json: not a calibration"):
        load_calibration(path)
