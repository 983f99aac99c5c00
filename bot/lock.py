"""One engine at a time: two on one account would fight over heartbeats and undo each other.

The kernel holds the lock for as long as the process lives, so nothing is left behind by a crash.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.domain.errors import InputError

LOCK = "engine.lock"


class EngineLock:
    """The lock of a state directory, held while it is entered."""

    def __init__(self, directory: Path) -> None:
        """Lock nothing yet."""
        self._directory = directory
        self._handle = -1

    def __enter__(self) -> Self:
        """Take it. Raises InputError when another process has it, or it cannot be made."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self._directory / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise InputError(f"cannot lock {self._directory}: {error.strerror}") from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._handle)
            raise InputError(
                f"another bot uses {self._directory}: stop it, or set PMM_STATE_DIR"
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give it back."""
        os.close(self._handle)


def is_free(directory: Path) -> bool:
    """Return whether no process holds the lock; makes nothing where there is none.

    Raises InputError for a lock that may not be looked at: somebody else's, say.
    """
    try:
        handle = os.open(directory / LOCK, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError as error:
        raise InputError(f"cannot look at the lock {directory / LOCK}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
