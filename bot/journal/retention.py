"""How long a journal is kept: which segments may go, and taking them away.

Only whole segments go, the oldest first, and never one that somebody still needs:

* the segment being written, and any that was written to within `KEEP_S_MIN`: a start reads the last
  day, or more, to recognise what an earlier run left;
* what the shipper has not shipped: a segment goes only when the shipper's position is behind it;
* the first segment of a run of which later ones are kept: it says which token is which outcome.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.domain.units import NS_PER_S
from bot.journal.reader import JournalPosition
from bot.journal.segment import segments

POSITION_NAME = "position.json"
"""The file in which a shipper remembers its place."""
KEEP_S_MIN = 2 * 86_400
"""Whatever the limits say: twice what a start reads at least."""


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept: segments younger than `age_s_max`, in all at most `bytes_max`.

    `shipper` is the directory in which a shipper keeps its position; without it nobody ships.
    """

    age_s_max: int
    bytes_max: int
    shipper: Path


def prune(directory: Path, retention: Retention, now_ns: int, count_max: int | None = None) -> int:
    """Remove what need not be kept, at most `count_max` segments; return how many went.

    Removing one of 64 MiB takes some 25 ms (ext4). Raises OSError, and then what was not removed is
    still there; ValueError when the shipper's position cannot be read, because then nobody knows
    what it still needs.
    """
    paths = segments(directory)
    gone = _removable(paths, retention, _shipped(retention.shipper), now_ns)[:count_max]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _shipped(directory: Path) -> str | None:
    """The name of the segment the shipper is in, "" before its first; `None` when nobody ships."""
    if not directory.is_dir():
        return None
    try:
        stated = (directory / POSITION_NAME).read_bytes()
        return msgspec.json.decode(stated, type=JournalPosition).segment
    except FileNotFoundError:
        return ""
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ValueError(f"{directory / POSITION_NAME}: {error}") from error


def _removable(
    paths: Sequence[Path], retention: Retention, shipped: str | None, now_ns: int
) -> list[Path]:
    stats = [path.stat() for path in paths]
    left = sum(stat.st_size for stat in stats)
    old: list[Path] = []
    for path, stat in zip(paths[:-1], stats[:-1], strict=True):
        age_s = (now_ns - stat.st_mtime_ns) // NS_PER_S
        is_needed = age_s < KEEP_S_MIN or (shipped is not None and path.name >= shipped)
        if is_needed or (age_s < retention.age_s_max and left <= retention.bytes_max):
            break
        left -= stat.st_size
        old.append(path)
    runs = {_run(path) for path in paths[len(old) :]}
    return [path for path in old if not (path.stem.endswith("-000000") and _run(path) in runs)]


def _run(path: Path) -> str:
    return path.stem.rpartition("-")[0]
