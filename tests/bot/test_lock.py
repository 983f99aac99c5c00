"""One engine at a time uses a state directory."""

from pathlib import Path

import pytest

from bot.domain.errors import InputError
from bot.lock import LOCK, EngineLock, is_free


def test_second_engine_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    """And is told what to do."""
    state_dir = tmp_path / "state"
    assert is_free(state_dir)
    with EngineLock(state_dir):
        assert not is_free(state_dir)
        with (
            pytest.raises(InputError, match=r"another bot uses .*PMM_STATE_DIR"),
            EngineLock(state_dir),
        ):
            pass
    assert is_free(state_dir)
    with EngineLock(state_dir):
        pass


def test_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file is in its way."""
    (tmp_path / "state").touch()
    with pytest.raises(InputError, match="cannot lock"), EngineLock(tmp_path / "state"):
        pass


def test_looking_makes_nothing(tmp_path: Path) -> None:
    """A check changes nothing."""
    assert is_free(tmp_path / "state")
    assert [] == list(tmp_path.iterdir())


def test_a_lock_that_may_not_be_looked_at_is_one_line(tmp_path: Path) -> None:
    """A directory of that name stands for whatever else the disk may say."""
    (tmp_path / LOCK).mkdir()
    with pytest.raises(InputError, match=r"cannot look at the lock .*engine\.lock: Is a directory"):
        is_free(tmp_path)
