"""Files that are there whole or not at all, whatever stops the writing."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whose readers see the old one or the new one, whatever comes between.

    Raises OSError: the old one is still there, or, when only the folder cannot be made durable, the
    new one until a cut of power.
    """
    temporary = unfinished(path)
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)  # a full disk needs the room
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def unfinished(path: Path) -> Path:
    """Return where this process writes before the file takes its place; two may write at a time."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")
