"""`python -m bot battery` from files to exit code: GO, NO-GO, and what cannot be judged."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.battery.cases import BASE, STRESS, TOXIC
from bot.battery.command import BatteryOptions, run_battery
from bot.battery.criteria import Criteria
from bot.domain.calibration import Calibration, encode
from bot.domain.errors import InputError
from bot.sandbox.market import GeneratedMarketConfig
from bot.settings import Settings
from tests.bot.battery.makers import calibration, estimate
from tests.scenarios.play import tape_lines, write_lines

SHORT = Criteria(hours_min=0.3, fills_min=5, blocks_min=2)
"""What a tape of half an hour can meet."""
AS_OF = "2026-07-02T00:00"
HALF_HOUR = GeneratedMarketConfig(seed=5, duration_s=1_900, activity=3.0)


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half an hour of a lively market."""
    folder = tmp_path_factory.mktemp("battery")
    return write_lines(folder / "half.hour.jsonl", tape_lines(HALF_HOUR))


def calibrated(folder: Path, found: Calibration | None = None) -> Path:
    """The path of a calibration file, a good one by default."""
    path = folder / "calibration.json"
    path.write_bytes(encode(found or calibration()))
    return path


def judged(
    capsys: pytest.CaptureFixture[str],
    options: BatteryOptions,
    criteria: Criteria = SHORT,
) -> tuple[int, dict[str, Any]]:
    """The exit code and the verdict as JSON."""
    code = run_battery(Settings(), options, criteria)
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, data


def asked(
    calibration_path: Path, *tapes: Path, hours: float = 0.1, seed: int = 1
) -> BatteryOptions:
    """The options of a JSON verdict as of the day after the calibration."""
    return BatteryOptions(
        calibration=calibration_path,
        tapes=tapes,
        hours=hours,
        seed=seed,
        as_of=AS_OF,
        as_json=True,
    )


def test_a_good_calibration_on_a_good_tape_is_go(
    tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each case was played, and the same again gives the same."""
    options = asked(calibrated(tmp_path), tape)
    code, data = judged(capsys, options)
    assert (0, True, []) == (code, data["go"], data["reasons"])
    assert [case.name for case in (BASE, *STRESS, TOXIC)] == [run["case"] for run in data["runs"]]
    assert {"half", "seed 1"} == {run["tape"] for run in data["runs"]}
    assert (code, data) == judged(capsys, options)


def test_what_fails_is_no_go_with_its_numbers(
    tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A calibration that predicts badly, and a tape that is too short for the real criteria."""
    poor = calibration(holdout_fill_ratio=estimate(2.5))
    code, data = judged(capsys, asked(calibrated(tmp_path, poor), tape), criteria=Criteria())
    assert 1 == code
    assert "calibration: predicts 2.50x the fills of unseen hours; within 2x" in data["reasons"]
    assert "all base runs: 0.5 hours of tape; 2 at least" in data["reasons"]


def test_people_get_a_table_that_ends_in_the_verdict(
    tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing on stderr where no person looks."""
    options = BatteryOptions(calibration=calibrated(tmp_path), tapes=(tape,), hours=0.1)
    assert 1 == run_battery(Settings(), options, SHORT)
    told = capsys.readouterr()
    assert "days ago; at most 7" in told.out.splitlines()[-1]
    assert "" == told.err


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"hash": "edited"}'])
def test_a_damaged_calibration_is_no_go_and_is_not_played(
    damage: bytes, tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason says what is wrong with it."""
    path = tmp_path / "calibration.json"
    path.write_bytes(damage)
    code, data = judged(capsys, asked(path, tape))
    assert (1, [], None) == (code, data["runs"], data["calibration_hash"])
    assert "calibration: not a calibration file" in data["reasons"][0]


def test_an_edited_calibration_is_no_go(
    tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its hash no longer matches."""
    path = calibrated(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"phi": 0.5', b'"phi": 0.1'))
    code, data = judged(capsys, asked(path, tape))
    assert 1 == code
    assert "the hash does not match" in data["reasons"][0]


def test_a_damaged_tape_is_no_go(
    tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line in ten is no frame: what the bot saw is not what happened."""
    lines = tape.read_bytes().splitlines(keepends=True)
    spoilt = [b"?\n" if number % 10 == 9 else line for number, line in enumerate(lines)]
    damaged = write_lines(tmp_path / "damaged.jsonl", spoilt)
    code, data = judged(capsys, asked(calibrated(tmp_path), damaged))
    assert 1 == code
    assert any("of the tape is damaged; 1% at most" in reason for reason in data["reasons"])


def test_two_tapes_of_one_name_are_told_apart(
    tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By their whole paths; their hours add up."""
    other = tmp_path / "half.jsonl"
    other.write_bytes(tape.read_bytes())
    code, data = judged(capsys, asked(calibrated(tmp_path), tape, other))
    assert 0 == code
    assert {str(tape), str(other), "seed 1"} == {run["tape"] for run in data["runs"]}


def test_without_tapes_three_markets_are_generated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of successive seeds; too short ones to say anything here."""
    code, data = judged(capsys, asked(calibrated(tmp_path), hours=0.02, seed=7))
    assert 1 == code
    assert {"seed 7", "seed 8", "seed 9"} == {run["tape"] for run in data["runs"]}


@pytest.mark.parametrize("hours", [0.0, float("inf"), float("nan")])
def test_a_generated_market_out_of_bounds_is_refused(hours: float, tmp_path: Path) -> None:
    """With the reason, before anything is played."""
    with pytest.raises(InputError, match="--hours"):
        run_battery(Settings(), asked(calibrated(tmp_path), hours=hours))


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    """With an example of one."""
    options = BatteryOptions(calibration=calibrated(tmp_path), as_of="yesterday")
    with pytest.raises(InputError, match="2026-11-22T18:00"):
        run_battery(Settings(), options)


def test_no_room_for_generated_markets_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder for temporary files is gone: it is named, with the way to another."""
    path = calibrated(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(InputError, match=r"gone.*TMPDIR"):
        run_battery(Settings(), asked(path, hours=0.02))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--calibration", "gone.json"], "cannot read the calibration gone.json"),
        (["--calibration", "{calibration}", "gone.jsonl"], "cannot read tape gone.jsonl"),
        (
            ["--calibration", "{calibration}", "{calibration}"],
            "no market shows both its tokens; lines that are no frames: ",
        ),
    ],
)
def test_wrong_use_ends_with_two(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is not there, or is no tape: one line that says which."""
    path = calibrated(tmp_path)
    given = [each.format(calibration=path) for each in arguments]
    assert 2 == main(["battery", *given])
    error = capsys.readouterr().err
    assert told in error
    assert 1 == len(error.splitlines())


def test_a_calibration_has_to_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    """It is what is judged."""
    with pytest.raises(SystemExit) as ended:
        main(["battery"])
    assert 2 == ended.value.code
    assert "--calibration" in capsys.readouterr().err
