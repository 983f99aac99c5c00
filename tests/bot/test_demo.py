"""The demo: the whole loop at a tiny scale."""

from pathlib import Path

import pytest

from bot.app import load_calibration
from bot.demo import run_demo
from bot.domain.errors import InputError


def test_the_whole_loop_leaves_a_calibration_and_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two half hours: recorded, traded, measured, calibrated, traded again, reported."""
    assert 0 == run_demo(tmp_path, hours=0.5, seed=1)
    config, calibration_hash = load_calibration(tmp_path / "calibration.json")
    assert config.rtt.median_ms > 0
    assert 64 == len(calibration_hash)
    assert "<html" in (tmp_path / "report.html").read_text().lower()
    assert "DEMO recalibrated" in capsys.readouterr().out


def test_wrong_hours_are_refused(tmp_path: Path) -> None:
    """A day without time is no day."""
    with pytest.raises(InputError, match="duration_s"):
        run_demo(tmp_path, hours=0.0, seed=1)
