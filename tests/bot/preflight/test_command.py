"""`python -m bot check` as a person runs it: nobody answers here, so nothing is green by chance."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.preflight.checks import Line
from bot.preflight.command import as_text

SECRET = "0x" + "42" * 32


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CLOB_URL", "RELAYER_URL", "GEOBLOCK_URL", "RPC_URLS"):
        monkeypatch.setenv(f"PMM_{name}", "http://127.0.0.1:9")
    monkeypatch.setenv("PMM_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("PMM_PRIVATE_KEY", SECRET)


def test_every_check_is_told_and_no_secret_with_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, one line each."""
    assert 1 == main(["check"])
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert 17 == len(lines)
    assert all(line.startswith(("ok ", "NO ")) for line in lines)
    assert SECRET[2:] not in told.out + told.err


def test_json_has_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """For whoever starts the bot by other means."""
    assert 1 == main(["check", "--json"])
    data = json.loads(capsys.readouterr().out)
    assert data["may_trade"] is False
    assert {"name", "is_green", "text"} == set(data["checks"][0])


def test_line_is_readable_without_colours() -> None:
    """In a log file."""
    assert "ok  clock            fine" == as_text(Line("clock", is_green=True, text="fine"))
