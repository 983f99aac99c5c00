"""The detector's state on disk: a restart loses no evidence."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from bot.domain.errors import InputError
from exporters.divergence.detector import VERSION, Detector


def load(path: Path) -> Detector:
    """Return the detector kept in `path`, a new one when there is none.

    Raises InputError naming the file when it cannot be read, or was written by another version:
    evidence is not thrown away without a person knowing.
    """
    try:
        detector = msgspec.json.decode(path.read_bytes(), type=Detector)
    except FileNotFoundError:
        return Detector()
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(f"cannot read {path}: {error}; move it away to start afresh") from error
    if detector.version != VERSION:
        raise InputError(
            f"{path} is of version {detector.version}, not {VERSION}; move it away to start afresh"
        )
    return detector


def save(path: Path, detector: Detector) -> None:
    """Write the state so that `path` always holds a whole one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.tmp")
    with beside.open("wb") as file:
        file.write(msgspec.json.encode(detector))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
