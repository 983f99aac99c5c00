"""The kill switch on disk: once tripped it stays so across restarts until a person resets it.

The armed file also carries the loss of earlier runs, so that a bot that is started again and again
has one limit and not one a run.

An *armed* file is written at start and tripping renames it, because a rename needs no free space:
a full disk cannot keep the switch from latching. The details are written after that, best effort.

The loss is written over the last one, in place and of one width: so a cut of power leaves the one
or the other, never an empty file, which would be no loss at all. What was written is there for the
next process at once, and on the disk after `sync`, which is for a thread: an fsync may take as long
as the disk likes.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from bot.domain.errors import InputError
from bot.risk.kill_switch import Latch

ARMED = "kill-switch.armed"
TRIPPED = "kill-switch.tripped"
LOSS_WIDTH = 20
"""Digits of the loss: any 64-bit number, and far less than what a disk writes at once."""


class LatchFile:
    """The latch of one bot in its state directory."""

    def __init__(self, directory: Path) -> None:
        """Use `directory`, made when missing. Raises InputError when it cannot be written."""
        self._armed = directory / ARMED
        self._tripped = directory / TRIPPED
        self._is_unsynced = False
        try:
            directory.mkdir(parents=True, exist_ok=True)
            if not self._tripped.exists():
                self._armed.touch()
                _sync(directory)
        except OSError as error:
            raise InputError(
                f"cannot arm the kill switch in {directory}: {error.strerror}; "
                "set PMM_STATE_DIR to a directory of this bot's own"
            ) from error

    def load(self) -> Latch | None:
        """Return the latch when the switch has tripped, else `None`.

        A tripped file whose details are missing or unreadable is still a tripped switch.
        """
        try:
            text = self._tripped.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return msgspec.json.decode(text, type=Latch)
        except (msgspec.MsgspecError, UnicodeError):
            return Latch(reason="tripped, details lost", loss=0, tripped_ns=0)

    def carried_loss(self) -> int:
        """Return the loss of earlier runs since the switch was last armed, cash, never negative.

        Raises InputError when what was kept cannot be read: taken for 0 it would raise the limit.
        """
        try:
            return max(0, int(self._armed.read_bytes() or b"0"))
        except FileNotFoundError:
            return 0  # tripped: its loss stands in the latch
        except (OSError, ValueError) as error:
            raise InputError(
                f"cannot read the loss of earlier runs in {self._armed}: {error}; write it there "
                "in 1/1,000,000 dollar, or delete the file to begin at 0"
            ) from error

    def carry(self, loss: int) -> None:
        """Remember the loss so far for the next run. Raises OSError when the disk refuses."""
        if self._tripped.exists():
            return
        if not self._armed.exists():  # somebody cleaned up while we ran
            self._armed.touch()
            _sync(self._armed.parent)
        with self._armed.open("r+b", buffering=0) as file:
            file.write(b"%0*d" % (LOSS_WIDTH, loss))
            if os.fstat(file.fileno()).st_size != LOSS_WIDTH:  # a person wrote it
                file.truncate(LOSS_WIDTH)
        self._is_unsynced = True

    def sync(self) -> None:
        """Return when the loss carried last is on the disk; at once when it is. Never raises.

        What the disk refuses is tried again at the next call.
        """
        if not self._is_unsynced:
            return
        self._is_unsynced = False  # first: a loss carried meanwhile is for the next call
        try:
            with contextlib.suppress(FileNotFoundError), self._armed.open("rb") as file:
                os.fsync(file.fileno())
        except OSError:
            self._is_unsynced = True

    def save(self, latch: Latch) -> None:
        """Latch. Raises OSError only when the directory is read-only or cannot be made again."""
        if not self._tripped.exists():
            try:
                self._armed.replace(self._tripped)
            except FileNotFoundError:  # somebody cleaned up while we ran
                self._tripped.parent.mkdir(parents=True, exist_ok=True)
                self._tripped.touch()
            _sync(self._tripped.parent)
        try:
            self._tripped.write_bytes(msgspec.json.encode(latch))
        except OSError:
            return  # the rename above has latched it; only the details are lost

    def reset(self) -> bool:
        """Arm the switch again, at a person's word; return whether it had tripped."""
        if not self._tripped.exists():
            return False
        # Emptied first: what armed the switch again must not be taken for a loss to carry.
        with self._tripped.open("r+b") as file:
            file.truncate(0)
            os.fsync(file.fileno())
        self._tripped.replace(self._armed)
        _sync(self._armed.parent)
        return True


def has_latch(directory: Path) -> bool:
    """Return whether a bot ever armed a kill switch in `directory`; makes nothing.

    Raises InputError when that cannot be seen.
    """
    try:
        return any((directory / name).exists() for name in (ARMED, TRIPPED))
    except OSError as error:
        raise InputError(f"cannot look for a kill switch in {directory}: {error}") from error


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
