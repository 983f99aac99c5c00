"""The calibration file on disk: written whole or not at all, with every version kept beside it.

`calibration.json` has its history in `calibration.json.history/<first 12 of the hash>.json`, and
the order in which versions were active in `order.txt` there, so that the one before can come back.
"""

from __future__ import annotations

from pathlib import Path

from bot.domain.calibration import Calibration, content_hash, decode, encode
from bot.domain.errors import CalibrationError
from exporters.whole_file import write_whole

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
        order = _settled(path, history, _current(path))
        write_whole(history / f"{short}.json", text)
        if order[-1:] != [short]:
            order.append(short)
        write_whole(history / ORDER_FILE, ("\n".join(order) + "\n").encode())
        write_whole(path, text)
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

    When the file is missing or damaged that is the last version. Raises CalibrationError when there
    is none, or when it was damaged.
    """
    history = _history(path)
    try:
        current = _current(path)
        order = _settled(path, history, current) if history.exists() else []
        if current is not None:
            del order[-1:]
        if not order:
            raise CalibrationError(f"{path} has no earlier version in {history}")
        earlier = history / f"{order[-1]}.json"
        calibration = read_calibration(earlier)
        write_whole(path, earlier.read_bytes())
        write_whole(history / ORDER_FILE, ("\n".join(order) + "\n").encode())
    except OSError as error:
        raise CalibrationError(f"cannot roll {path} back: {error.strerror}") from error
    return calibration.hash


def _history(path: Path) -> Path:
    return path.with_name(f"{path.name}.history")


def _current(path: Path) -> str | None:
    # The short hash of what is at `path`, `None` for nothing that could be loaded.
    try:
        return read_calibration(path).hash[:HASH_LENGTH]
    except CalibrationError:
        return None


def _settled(path: Path, history: Path, current: str | None) -> list[str]:
    # The versions in the order in which they were active, the current one last. What the list has
    # behind that one was never active: a crash came between list and file. A file that came from
    # elsewhere is a version too; a damaged one is not: nobody could load it.
    file = history / ORDER_FILE
    order = file.read_text(encoding="ascii").split() if file.exists() else []
    if current is None:
        return order
    if current in order:
        return order[: len(order) - order[::-1].index(current)]
    write_whole(history / f"{current}.json", path.read_bytes())
    return [*order, current]
