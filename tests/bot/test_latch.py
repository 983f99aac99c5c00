"""The latch on disk: it survives restarts, lost details and a full disk."""

import os
from pathlib import Path

import pytest

from bot.domain.errors import InputError
from bot.latch import ARMED, LOSS_WIDTH, TRIPPED, LatchFile, has_latch
from bot.risk.kill_switch import Latch

LATCH = Latch("loss", 5_000_000, 17)


def test_a_new_directory_is_armed(tmp_path: Path) -> None:
    """Nothing has tripped, and the file that will be renamed is there."""
    assert LatchFile(tmp_path / "state").load() is None
    assert (tmp_path / "state" / ARMED).exists()


def test_a_saved_latch_is_there_after_a_restart(tmp_path: Path) -> None:
    """With its reason, its loss and its time; saving again keeps the newest details."""
    LatchFile(tmp_path).save(LATCH)
    assert LATCH == LatchFile(tmp_path).load()
    LatchFile(tmp_path).save(Latch("unknown_outcomes", 1, 18))
    assert Latch("unknown_outcomes", 1, 18) == LatchFile(tmp_path).load()


def test_only_a_reset_arms_it_again(tmp_path: Path) -> None:
    """A person's word; a reset of what never tripped says so."""
    latch = LatchFile(tmp_path)
    assert not latch.reset()
    latch.save(LATCH)
    assert latch.reset()
    assert LatchFile(tmp_path).load() is None


@pytest.mark.parametrize("details", [b"", b"{", b"{}", b'{"reason": "\xff"}'])
def test_lost_details_are_still_a_tripped_switch(tmp_path: Path, details: bytes) -> None:
    """The name of the file is the latch; its content only explains it."""
    (tmp_path / TRIPPED).write_bytes(details)
    latch = LatchFile(tmp_path).load()
    assert latch is not None
    assert "details lost" in latch.reason


def test_a_full_disk_cannot_keep_it_from_latching(tmp_path: Path) -> None:
    """No byte can be written, and yet the next process finds it tripped."""
    latch = LatchFile(tmp_path)
    (tmp_path / ARMED).unlink()
    (tmp_path / ARMED).symlink_to("/dev/full")  # every write to it is ENOSPC
    latch.save(LATCH)
    assert (tmp_path / TRIPPED).is_symlink()
    (tmp_path / TRIPPED).unlink()
    (tmp_path / TRIPPED).touch()  # /dev/full never ends when read
    assert LatchFile(tmp_path).load() is not None


def test_a_cleaned_directory_cannot_keep_it_from_latching(tmp_path: Path) -> None:
    """Somebody removed our files, or the whole directory, while the bot ran."""
    latch = LatchFile(tmp_path / "state")
    (tmp_path / "state" / ARMED).unlink()
    (tmp_path / "state").rmdir()
    latch.save(LATCH)
    assert LATCH == LatchFile(tmp_path / "state").load()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A bot whose switch cannot latch does not start."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot arm the kill switch in .*file"):
        LatchFile(tmp_path / "file")


def test_the_loss_is_carried_to_the_next_run_and_forgotten_at_a_reset(tmp_path: Path) -> None:
    """In the armed file; a new one holds none."""
    LatchFile(tmp_path).carry(4_900_000)
    assert 4_900_000 == LatchFile(tmp_path).carried_loss()
    LatchFile(tmp_path).save(LATCH)
    assert LatchFile(tmp_path).reset()
    assert 0 == LatchFile(tmp_path).carried_loss()


class Disk:
    """Notes which files were made durable; a bad one refuses."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.synced: list[int] = []
        self.is_bad = False
        monkeypatch.setattr(os, "fsync", self.fsync)

    def fsync(self, handle: int) -> None:
        """In place of the system's."""
        if self.is_bad:
            raise OSError(5, "Input/output error")
        self.synced.append(os.fstat(handle).st_ino)


def test_the_loss_is_never_out_of_its_file(tmp_path: Path) -> None:
    """One file of one width from the first loss on: no cut of power leaves it empty or half."""
    latch = LatchFile(tmp_path)
    inode = (tmp_path / ARMED).stat().st_ino
    for loss in (4_900_000, 7, 0, 123_456_789_012):
        latch.carry(loss)
        assert loss == LatchFile(tmp_path).carried_loss()
        stat = (tmp_path / ARMED).stat()
        assert (inode, LOSS_WIDTH) == (stat.st_ino, stat.st_size)
    assert [ARMED] == [path.name for path in tmp_path.iterdir()]
    (tmp_path / ARMED).write_text("4900000 and thirty-odd more\n")  # by a person, in haste
    latch.carry(1)
    assert 1 == LatchFile(tmp_path).carried_loss()


def test_a_carried_loss_is_made_durable_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `sync`, which does nothing when nothing is new, and asks again when the disk refused."""
    disk, latch = Disk(monkeypatch), LatchFile(tmp_path)
    disk.synced.clear()
    latch.sync()
    latch.carry(5)
    assert [] == disk.synced
    disk.is_bad = True
    latch.sync()
    disk.is_bad = False
    latch.sync()
    latch.sync()
    assert [(tmp_path / ARMED).stat().st_ino] == disk.synced


def test_a_loss_is_carried_into_a_cleaned_directory(tmp_path: Path) -> None:
    """The file that somebody removed is made again; one that has tripped needs none."""
    latch = LatchFile(tmp_path)
    latch.carry(5)
    (tmp_path / ARMED).unlink()
    latch.sync()
    latch.carry(6)
    assert 6 == LatchFile(tmp_path).carried_loss()


def test_a_loss_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    """It would raise the limit by what was lost already: a person must say what it is."""
    latch = LatchFile(tmp_path)
    (tmp_path / ARMED).write_bytes(b"?")
    with pytest.raises(InputError, match=r"loss of earlier runs in .*kill-switch\.armed"):
        latch.carried_loss()


def test_a_reset_that_is_cut_short_leaves_it_tripped_or_armed_without_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the middle: it is still tripped, and the next reset arms it with no loss."""
    LatchFile(tmp_path).save(LATCH)

    def die(path: Path, target: Path) -> Path:
        """Be killed before the rename."""
        raise KeyboardInterrupt(path, target)

    monkeypatch.setattr(Path, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        LatchFile(tmp_path).reset()
    monkeypatch.undo()
    assert LatchFile(tmp_path).load() is not None
    assert LatchFile(tmp_path).reset()
    assert (None, 0) == (LatchFile(tmp_path).load(), LatchFile(tmp_path).carried_loss())


def test_looking_for_a_switch_makes_none(tmp_path: Path) -> None:
    """A directory that no bot ever used stays as it is, missing or not."""
    assert not has_latch(tmp_path / "mistyped")
    assert not has_latch(tmp_path)
    assert [] == list(tmp_path.iterdir())
    LatchFile(tmp_path).save(LATCH)
    assert has_latch(tmp_path)
    LatchFile(tmp_path).reset()
    assert has_latch(tmp_path)


def test_a_place_where_nothing_can_be_seen_is_named(tmp_path: Path) -> None:
    """A name too long for the disk, say."""
    with pytest.raises(InputError, match="cannot look for a kill switch"):
        has_latch(tmp_path / ("x" * 300))


def test_carrying_a_loss_does_not_arm_a_tripped_switch(tmp_path: Path) -> None:
    """Only a person arms it again."""
    latch = LatchFile(tmp_path)
    latch.save(LATCH)
    latch.carry(1)
    assert not (tmp_path / ARMED).exists()
    assert LATCH == latch.load()
