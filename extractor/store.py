"""The calibration file on disk: written whole or not at all, with every version kept beside it.

`calibration.json` has its history in `calibration.json.history/<first 12 of the hash>.json`, and
the order in which versions were active in `order.txt` there, so that the one before can come back.
"""

from __future__ import annotations

import os
from pathlib import Path

from bot.domain.calibration import Calibration, content_hash, decode, encode
from bot.domain.errors import CalibrationError

HASH_LENGTH = 12
ORDER_FILE = "order.txt"


def write_calibration(path: Path, calibration: Calibration) -> str:
    """Write the file and keep it in the history; return its hash.

    Raises CalibrationError when the disk refuses.
    """
    text = encode(calibration)
    whole_hash = content_hash(calibration)
    short = whole_hash[:HASH_LENGTH]
    try:
        history = _history(path)
        history.mkdir(parents=True, exist_ok=True)
        order = _order(history)
        _keep_current(path, history, order)
        _write_whole(history / f"{short}.json", text)
        if order[-1:] != [short]:
            order.append(short)
        _write_whole(history / ORDER_FILE, ("\n".join(order) + "\n").encode())
        _write_whole(path, text)
    except OSError as error:
        raise CalibrationError(f"cannot write {path}: {error.strerror}") from error
    return whole_hash


def read_calibration(path: Path) -> Calibration:
    """Return the calibration at `path`. Raises CalibrationError when it cannot be loaded."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise CalibrationError(
            f"cannot read {path}: {error.strerror}; run the extractor first"
        ) from error
    try:
        return decode(text)
    except CalibrationError as error:
        raise CalibrationError(f"{path}: {error}") from error


def rollback(path: Path) -> str:
    """Put the version before the current one back and return its hash.

    Raises CalibrationError when there is none, or when it was damaged.
    """
    history = _history(path)
    try:
        order = _order(history)
        if len(order) < 2:
            raise CalibrationError(f"{path} has no earlier version in {history}")
        earlier = history / f"{order[-2]}.json"
        calibration = read_calibration(earlier)
        _write_whole(path, earlier.read_bytes())
        _write_whole(history / ORDER_FILE, ("\n".join(order[:-1]) + "\n").encode())
    except OSError as error:
        raise CalibrationError(f"cannot roll {path} back: {error.strerror}") from error
    return calibration.hash


def _history(path: Path) -> Path:
    return path.with_name(f"{path.name}.history")


def _order(history: Path) -> list[str]:
    file = history / ORDER_FILE
    return file.read_text(encoding="ascii").split() if file.exists() else []


def _keep_current(path: Path, history: Path, order: list[str]) -> None:
    # A file that came from elsewhere is a version too. A damaged one is not: nobody could load it.
    if not path.exists():
        return
    try:
        current = read_calibration(path)
    except CalibrationError:
        return
    short = current.hash[:HASH_LENGTH]
    if order[-1:] != [short]:
        order.append(short)
        _write_whole(history / f"{short}.json", path.read_bytes())


def _write_whole(path: Path, data: bytes) -> None:
    # a reader sees the old file or the new one; a crash leaves the old one
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
