"""`python -m bot replay`: a summary for people or programs, over given or generated tapes."""

import json
import math
import tempfile
from pathlib import Path

import pytest

from bot.domain.errors import CalibrationError, InputError
from bot.journal import Journal, read_journal
from bot.lock import EngineLock
from bot.replay_command import ReplayOptions, run_replay
from bot.settings import Settings
from tests.scenarios.play import tape_lines, write_lines


def test_json_goes_to_stdout_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was asked for can be read by a program, and the journal is whole."""
    tape = write_lines(tmp_path / "tape.jsonl", tape_lines())
    options = ReplayOptions(tapes=(tape,), as_json=True, journal=tmp_path / "journal")
    assert 0 == run_replay(Settings(), options)
    data = json.loads(capsys.readouterr().out)
    assert len(tape_lines()) == data["frames"]
    numbers = [event.seq for event in read_journal(tmp_path / "journal")]
    assert list(range(1, len(numbers) + 1)) == numbers


def test_a_journal_of_another_run_is_not_added_to(tmp_path: Path) -> None:
    """Paper events in a live bot's journal would be taken for its own when it starts again."""
    tape = write_lines(tmp_path / "tape.jsonl", tape_lines())
    Journal(tmp_path / "journal", 1).close()
    before = {path: path.read_bytes() for path in (tmp_path / "journal").iterdir()}
    with pytest.raises(InputError, match="holds the journal of another run"):
        run_replay(Settings(), ReplayOptions(tapes=(tape,), journal=tmp_path / "journal"))
    assert before == {path: path.read_bytes() for path in (tmp_path / "journal").iterdir()}


def test_what_cannot_be_used_is_told_before_any_work(tmp_path: Path) -> None:
    """Neither a market is generated nor a journal begun for a calibration that is not there."""
    options = ReplayOptions(calibration=tmp_path / "none.json", journal=tmp_path / "journal")
    with pytest.raises(CalibrationError, match=r"none\.json"):
        run_replay(Settings(), options)
    assert [] == list(tmp_path.iterdir())


def test_a_directory_in_which_a_bot_runs_is_left_alone(tmp_path: Path) -> None:
    """Its state directory, given by mistake."""
    tape = write_lines(tmp_path / "tape.jsonl", tape_lines())
    with EngineLock(tmp_path / "state"), pytest.raises(InputError, match="a bot runs in"):
        run_replay(Settings(), ReplayOptions(tapes=(tape,), journal=tmp_path / "state"))


@pytest.mark.parametrize("model", ["tape", "legacy"])
def test_without_tapes_a_market_is_generated(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And replayed with either model of the paper venue."""
    assert 0 == run_replay(Settings(), ReplayOptions(hours=0.05, model=model))  # type: ignore[arg-type]
    assert "Summary" in capsys.readouterr().out


def test_a_generated_market_out_of_bounds_is_refused() -> None:
    """With the reason, before anything is made."""
    with pytest.raises(InputError, match="duration_s"):
        run_replay(Settings(), ReplayOptions(hours=0.0))


def test_an_empty_tape_before_a_good_one_is_no_end(tmp_path: Path) -> None:
    """The journal begins with the first frame there is."""
    (tmp_path / "empty.jsonl").touch()
    tape = write_lines(tmp_path / "tape.jsonl", tape_lines())
    options = ReplayOptions(
        tapes=(tmp_path / "empty.jsonl", tape), as_json=True, journal=tmp_path / "journal"
    )
    assert 0 == run_replay(Settings(), options)
    assert list(read_journal(tmp_path / "journal"))


def test_an_endless_generated_market_is_refused() -> None:
    """Infinity is a float like any other to the command line."""
    with pytest.raises(InputError, match="generated market"):
        run_replay(Settings(), ReplayOptions(hours=math.inf))


def test_a_generated_market_without_room_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder for temporary files is gone or full: it is named, with the way to another."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(InputError, match=r"gone.*TMPDIR"):
        run_replay(Settings(), ReplayOptions(hours=0.05))
