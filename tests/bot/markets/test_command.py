"""`python -m bot markets` as a person runs it."""

import json

import pytest

from bot.__main__ import main
from tests.bot.markets.catalogue import catalogue
from tests.bot.venues.polymarket.test_screening import GOOD

FAR = GOOD | {"endDate": "2099-01-01T00:00:00Z"}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PMM_GAMMA_URL", raising=False)


def test_passing_market_is_shown_with_its_score(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the exit code is 0."""
    with catalogue(FAR) as url:
        monkeypatch.setenv("PMM_GAMMA_URL", url)
        code = main(["markets"])
    assert 0 == code
    assert "1 of 1 markets pass" in capsys.readouterr().out


def test_nothing_passes_is_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The data say why all the same."""
    with catalogue(FAR | {"active": False}) as url:
        monkeypatch.setenv("PMM_GAMMA_URL", url)
        code = main(["markets", "--json", "--limit", "3"])
    told = capsys.readouterr()
    assert 1 == code
    assert not json.loads(told.out)["markets"][0]["passes"]
    last = told.err.strip().splitlines()[-1]
    assert "bot: none of 1 markets passes the screen; nearest is will-it" in last


def test_threshold_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Like every setting."""
    with catalogue(FAR) as url:
        monkeypatch.setenv("PMM_GAMMA_URL", url)
        monkeypatch.setenv("PMM_SCREEN__VOLUME_USD_MIN", "2000000")
        assert 1 == main(["markets"])
