"""The command serves, stops when told, and says in one line what is wrong."""

from pathlib import Path

import httpx
import pytest

from exporters.catalogue import divergence as metrics
from exporters.divergence.command import parser, run


def test_it_serves_its_metrics_until_told_to_stop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With neither bot there it still serves, and says that nothing is compared."""
    texts: list[str] = []

    def wait(_seconds: float) -> bool:
        url = capsys.readouterr().err.split()[-1]
        texts.append(httpx.get(url).text)
        return True

    nobody = "http://127.0.0.1:9/metrics"
    arguments = ["--demo", nobody, "--prod", nobody, "--port", "0"]
    assert 0 == run([*arguments, "--state", str(tmp_path / "s.json")], wait)
    assert f"{metrics.COMPARING.name} 0.0" in texts[0]


def test_a_wrong_address_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, one line."""
    with pytest.raises(SystemExit) as ended:
        run(["--demo", "nowhere"])
    assert 2 == ended.value.code
    assert 1 == capsys.readouterr().err.count("\n")


def test_a_damaged_state_stops_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, naming the file."""
    path = tmp_path / "s.json"
    path.write_text("{")
    assert 1 == run(["--state", str(path), "--port", "0"])
    assert "s.json" in capsys.readouterr().err


def test_a_taken_port_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1."""
    state = str(tmp_path / "s.json")
    assert 1 == run(["--host", "192.0.2.1", "--port", "1", "--state", state])
    assert "192.0.2.1:1" in capsys.readouterr().err


def test_help_shows_an_example() -> None:
    """Both ways to read a bot."""
    assert "federate" in parser().format_help()
