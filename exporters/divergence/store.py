"""The detector's state on disk: a restart loses no evidence."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bot.domain.errors import InputError
from exporters.divergence.detector import Detector, take_over
from exporters.whole_file import write_whole


def load(path: Path) -> Detector:
    """Return the detector kept in `path`, a new one when there is none.

    A file of version 1 is taken over. Raises InputError naming the file when it cannot be read, or
    was written by a newer version: alarms are not thrown away without a person knowing.
    """
    try:
        detector = msgspec.json.decode(path.read_bytes(), type=Detector)
    except FileNotFoundError:
        return Detector()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; give a file by --state") from error
    except msgspec.MsgspecError as error:
        raise InputError(f"{path} is damaged: {error}; move it away to start afresh") from error
    try:
        return take_over(detector)
    except ValueError as error:
        raise InputError(f"{path} is {error}; move it away to start afresh") from error


def save(path: Path, detector: Detector) -> None:
    """Write the state so that `path` always holds a whole one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.encode(detector))
