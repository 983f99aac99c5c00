"""A shipper's files survive crashes, have one owner, and name what is wrong with them."""

from pathlib import Path

import pytest

from bot.domain.errors import InputError, SettingsError
from bot.journal import POSITION_NAME, JournalPosition
from exporters.shipper.state import PARKED_NAME, Parked, ShipperState
from exporters.whole_file import unfinished

PLACE = JournalPosition("journal-1-0.jsonl", 100)
LATER = JournalPosition("journal-1-0.jsonl", 200)


def test_position_is_remembered(tmp_path: Path) -> None:
    """The last one saved."""
    state = ShipperState(tmp_path)
    assert state.position is None
    state.save(PLACE)
    state.save(LATER)
    state.close()
    assert LATER == ShipperState(tmp_path).position


def test_parked_lines_are_kept_once_and_a_torn_one_is_healed(tmp_path: Path) -> None:
    """A crash in the middle of parking leaves whole lines only."""
    state = ShipperState(tmp_path)
    assert 1 == state.park([Parked(PLACE, "why", "line 1")])
    state.close()
    with (tmp_path / PARKED_NAME).open("ab") as file:
        file.write(b'{"position"')
    state = ShipperState(tmp_path)
    assert 1 == state.park([Parked(PLACE, "why", "line 1"), Parked(LATER, "why", "line 2")])
    assert 0 == state.park([])
    lines = (tmp_path / PARKED_NAME).read_text().splitlines()
    assert ["line 1" in lines[0], "line 2" in lines[1], 2] == [True, True, len(lines)]


def test_second_shipper_is_refused(tmp_path: Path) -> None:
    """Two would overwrite each other's position."""
    first = ShipperState(tmp_path)
    with pytest.raises(SettingsError, match="another shipper"):
        ShipperState(tmp_path)
    first.close()


def test_damaged_position_says_what_to_do(tmp_path: Path) -> None:
    """It is not taken for none: that would send everything again unasked."""
    (tmp_path / POSITION_NAME).write_text("{")
    with pytest.raises(InputError, match="delete it to send the whole journal again"):
        ShipperState(tmp_path)


def test_unusable_directory_is_named(tmp_path: Path) -> None:
    """A file where the directory should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="--state"):
        ShipperState(tmp_path / "file")


def test_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    """/dev/full refuses every byte, as a full disk does."""
    state = ShipperState(tmp_path)
    unfinished(tmp_path / POSITION_NAME).symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        state.save(PLACE)
    assert state.position is None
    (tmp_path / PARKED_NAME).symlink_to("/dev/full")
    with pytest.raises(OSError, match=r"No space left|Invalid argument"):
        state.park([Parked(PLACE, "why", "line")])
