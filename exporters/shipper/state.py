"""What a shipper remembers on disk: how far the store has confirmed, and what it refused.

`position.json` is replaced whole, after the confirmation; `parked.jsonl` is only added to, before
the position moves past what is parked. The directory has one owner.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.domain.errors import InputError, SettingsError
from bot.journal import POSITION_NAME, JournalPosition
from bot.journal.segment import heal
from exporters.whole_file import write_whole

PARKED_NAME = "parked.jsonl"
LOCK_NAME = "shipper.lock"
PARKED_BYTES_MAX = 256 << 20
"""Beyond this a store that refuses everything would fill the disk: the shipper waits instead."""


class Parked(msgspec.Struct, frozen=True):
    """A line the store refused for good, why, and behind which place of the journal it came."""

    position: JournalPosition
    reason: str
    line: str


class ShipperState:
    """The files of one shipper, locked. Writing raises OSError and then changed nothing."""

    def __init__(self, directory: Path, *, parked_bytes_max: int = PARKED_BYTES_MAX) -> None:
        """Take the directory and heal what a crash left.

        Raises SettingsError when another shipper has it or it cannot be used, InputError when the
        position cannot be read.
        """
        self._directory = directory
        self._position_path = directory / POSITION_NAME
        self._parked_path = directory / PARKED_NAME
        self._parked_bytes_max = parked_bytes_max
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._lock_fd = _lock(directory)
            if self._parked_path.exists():
                heal(self._parked_path)
        except OSError as error:
            raise SettingsError(
                f"cannot keep the shipper's state in {directory}: {error.strerror}; "
                "give it a directory of its own with --state"
            ) from error
        self.position = self._load_position()
        self._last_parked = self._load_last_parked()

    def save(self, position: JournalPosition) -> None:
        """Replace the position, durably. Raises OSError; the old one is then still there."""
        write_whole(self._position_path, msgspec.json.encode(position) + b"\n")
        self.position = position

    def park(self, refused: Sequence[Parked]) -> int:
        """Add lines, in order of the journal, durably; return how many.

        Lines that were parked before the last crash are left out. Raises OSError when they do not
        fit on the disk or below the limit.
        """
        last = self._last_parked
        new = [parked for parked in refused if last is None or parked.position > last]
        if not new:
            return 0
        data = b"".join(msgspec.json.encode(parked) + b"\n" for parked in new)
        with self._parked_path.open("ab") as file:
            size = file.tell()
            if size + len(data) > self._parked_bytes_max:
                raise OSError(0, f"{self._parked_path} is at its limit: look why, move it away")
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), size)
                raise
        self._last_parked = new[-1].position
        return len(new)

    def close(self) -> None:
        """Give the directory back."""
        os.close(self._lock_fd)

    def _load_position(self) -> JournalPosition | None:
        if not self._position_path.exists():
            return None
        try:
            return msgspec.json.decode(self._position_path.read_bytes(), type=JournalPosition)
        except (OSError, UnicodeError, msgspec.DecodeError) as error:
            raise InputError(
                f"cannot read {self._position_path}: {error}; delete it to send the whole journal "
                "again, which doubles nothing"
            ) from error

    def _load_last_parked(self) -> JournalPosition | None:
        if not self._parked_path.exists():
            return None
        last = None
        with self._parked_path.open("rb") as file:
            for line in file:
                last = line
        return None if last is None else msgspec.json.decode(last, type=Parked).position


def _lock(directory: Path) -> int:
    # The kernel frees the lock when the process ends, however it ends.
    fd = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(fd)
        raise SettingsError(
            f"another shipper is at work in {directory}: stop it, or give this one its own --state"
        ) from error
    return fd
