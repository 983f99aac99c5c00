"""One case over one tape, with the real bot and the real paper venue."""

from pathlib import Path

import pytest

from bot.app import PaperSetup
from bot.battery.cases import BASE, NO_PRINTS, STRESS, Case
from bot.battery.gauge import Reading
from bot.battery.rig import play, recording
from bot.domain.errors import InputError
from tests.bot.battery.makers import calibration
from tests.scenarios.play import EAGER, tape_lines, write_lines

SETUP = PaperSetup(engine=EAGER.engine, paper=calibration().suggested_paper_config, seed=3)


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four busy minutes."""
    return write_lines(tmp_path_factory.mktemp("rig") / "tape.jsonl", tape_lines())


def played(tape: Path, case: Case) -> Reading:
    """The reading of a case."""
    return play(recording("busy", tape), case, SETUP)


def test_the_same_case_gives_the_same_reading(tape: Path) -> None:
    """Byte for byte: a verdict can be repeated."""
    first = played(tape, BASE)
    assert first == played(tape, BASE)
    assert ("busy", "base") == (first.tape, first.case)
    assert first.fills > 0
    assert first.untrusted_ratio < 0.01


def test_without_prints_nothing_is_filled(tape: Path) -> None:
    """Paper fills need evidence."""
    found = played(tape, NO_PRINTS)
    assert (0, 0.0) == (found.fills, found.pnl_usd)
    assert found.orders > 0


def test_last_in_line_is_filled_less(tape: Path) -> None:
    """Only by trades through its price."""
    (last,) = (case for case in STRESS if case.name == "last in line")
    assert 0 < played(tape, last).fills < played(tape, BASE).fills


def test_gaps_blind_the_bot(tape: Path) -> None:
    """And it comes back after each."""
    (gaps,) = (case for case in STRESS if case.name == "gaps")
    assert 0.1 < played(tape, gaps).untrusted_ratio < 0.3


def test_a_tape_without_a_market_is_an_error(tape: Path) -> None:
    """There is nothing to trade on it, or not what was asked for."""
    with pytest.raises(InputError, match="no market"):
        recording("busy", tape, "0xnothing")
