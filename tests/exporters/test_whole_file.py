"""A file that is there whole or not at all."""

from pathlib import Path

import pytest

from exporters.whole_file import write_whole


def test_the_new_file_is_there_and_nothing_else(tmp_path: Path) -> None:
    """Written twice, to see the old one go."""
    write_whole(tmp_path / "state.json", b"a longer first one")
    write_whole(tmp_path / "state.json", b"new")
    assert b"new" == (tmp_path / "state.json").read_bytes()
    assert [tmp_path / "state.json"] == list(tmp_path.iterdir())


def test_a_refused_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    """Also not the part that found room."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "taken", b"new")
    assert [tmp_path / "taken"] == list(tmp_path.iterdir())
