"""The file is whole or as it was, and every version can come back."""

from pathlib import Path

import msgspec
import pytest

from bot.domain.calibration import Calibration, Window
from bot.domain.errors import CalibrationError
from extractor.calibrate import calibrate
from extractor.log import fold
from extractor.store import read_calibration, rollback, write_calibration


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file goes: a folder that does not exist yet."""
    return tmp_path / "state" / "calibration.json"


def version(source: str) -> Calibration:
    """An empty calibration told apart by its source."""
    return calibrate(fold([]), Window(0, 1), source)


def test_what_is_written_is_read(path: Path) -> None:
    """With its hash, and one version in the history."""
    whole_hash = write_calibration(path, version("a"))
    assert (whole_hash, "a") == (read_calibration(path).hash, read_calibration(path).source)
    assert (path.parent / "calibration.json.history" / f"{whole_hash[:12]}.json").exists()


def test_versions_come_back_one_by_one(path: Path) -> None:
    """Two steps back reach the first; a third is refused and changes nothing."""
    for source in ("a", "b", "c"):
        write_calibration(path, version(source))
    sources = []
    for _ in range(2):
        assert rollback(path) == read_calibration(path).hash
        sources.append(read_calibration(path).source)
    assert ["b", "a"] == sources
    with pytest.raises(CalibrationError, match="has no earlier version"):
        rollback(path)
    assert "a" == read_calibration(path).source


def test_writing_the_same_again_is_no_new_version(path: Path) -> None:
    """A rollback goes to something else."""
    for source in ("a", "b", "b"):
        write_calibration(path, version(source))
    rollback(path)
    assert "a" == read_calibration(path).source


def test_a_file_from_elsewhere_is_kept(path: Path, tmp_path: Path) -> None:
    """What was put there by hand can be rolled back to."""
    write_calibration(tmp_path / "other.json", version("hand"))
    path.parent.mkdir()
    path.write_bytes((tmp_path / "other.json").read_bytes())
    write_calibration(path, version("new"))
    rollback(path)
    assert "hand" == read_calibration(path).source


def test_a_damaged_file_is_replaced(path: Path) -> None:
    """It could not have been loaded, so it is no version."""
    path.parent.mkdir()
    path.write_text("{")
    write_calibration(path, version("new"))
    assert "new" == read_calibration(path).source
    with pytest.raises(CalibrationError, match="has no earlier version"):
        rollback(path)


def test_a_damaged_version_is_not_rolled_back_to(path: Path) -> None:
    """The file stays as it is, and the message names the damaged one."""
    first = write_calibration(path, version("a"))
    write_calibration(path, version("b"))
    old = path.parent / "calibration.json.history" / f"{first[:12]}.json"
    old.write_bytes(old.read_bytes().replace(b'"a"', b'"x"'))
    with pytest.raises(CalibrationError, match=f"{first[:12]}.*hash does not match"):
        rollback(path)
    assert "b" == read_calibration(path).source


def test_unknown_keys_are_refused(path: Path) -> None:
    """A misspelt parameter is no parameter."""
    write_calibration(path, version("a"))
    tree = msgspec.json.decode(path.read_bytes())
    tree["suggested_paper_config"]["fill_probabilty"] = 0.3
    path.write_bytes(msgspec.json.encode(tree))
    with pytest.raises(CalibrationError, match="fill_probabilty"):
        read_calibration(path)


def test_a_missing_file_says_what_to_do(path: Path) -> None:
    """Run the extractor."""
    with pytest.raises(CalibrationError, match="run the extractor first"):
        read_calibration(path)


def test_a_refusing_disk_is_named(tmp_path: Path) -> None:
    """A file where a folder should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CalibrationError, match="cannot write"):
        write_calibration(tmp_path / "file" / "calibration.json", version("a"))
    (tmp_path / "c.json.history").mkdir()
    (tmp_path / "c.json.history" / "order.txt").mkdir()
    with pytest.raises(CalibrationError, match="cannot roll"):
        rollback(tmp_path / "c.json")


def test_nothing_half_written_is_left(path: Path) -> None:
    """No temporary file stays behind."""
    write_calibration(path, version("a"))
    assert [] == [entry for entry in path.parent.rglob("*") if entry.suffix == ".tmp"]


def test_a_damaged_file_rolls_back_to_the_last_version(path: Path) -> None:
    """Which is the one it had been; a missing file likewise."""
    write_calibration(path, version("a"))
    write_calibration(path, version("b"))
    path.write_text("{")
    rollback(path)
    assert "b" == read_calibration(path).source
    path.unlink()
    rollback(path)
    assert "b" == read_calibration(path).source
    rollback(path)
    assert "a" == read_calibration(path).source


def test_a_file_put_there_by_hand_rolls_back_to_what_it_replaced(
    path: Path, tmp_path: Path
) -> None:
    """Not to the version before that; and it is kept."""
    write_calibration(path, version("a"))
    write_calibration(path, version("b"))
    by_hand = write_calibration(tmp_path / "other.json", version("hand"))
    path.write_bytes((tmp_path / "other.json").read_bytes())
    rollback(path)
    assert "b" == read_calibration(path).source
    assert (path.parent / "calibration.json.history" / f"{by_hand[:12]}.json").exists()


def test_a_crash_before_the_file_is_no_version(path: Path) -> None:
    """The list names what was never active: a step back is one from what the file holds."""
    for source in ("a", "b", "c"):
        write_calibration(path, version(source))
    rollback(path)
    order = path.parent / "calibration.json.history" / "order.txt"
    order.write_text(order.read_text() + "c0ffeec0ffee\n")
    rollback(path)
    assert "a" == read_calibration(path).source
