"""Frames kept in a file, one wrapped line each, as recordings are."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

import zstandard

from bot.domain.units import NS_PER_S
from bot.sandbox.market.generate import Frame

_BUFFER_LINES = 2_000
_GZIP_LEVEL = 3
_ZSTD_LEVEL = 3


def write_tape(path: Path, frames: Iterable[Frame], slug: str = "generated-market") -> int:
    """Write the frames to `path` and return how many there were.

    The ending decides the form: `.jsonl`, `.jsonl.gz` or `.jsonl.zst`; equal frames give equal
    bytes. One line a frame: `{"local_timestamp": <seconds>, "slug": ..., "data": <frame>}`. Raises
    ValueError for another ending and OSError when the file cannot be written.
    """
    count = 0
    lines: list[bytes] = []
    with ExitStack() as stack:
        out = _open(path, stack)
        for frame in frames:
            lines.append(tape_line(frame, slug))
            count += 1
            if len(lines) == _BUFFER_LINES:
                out.write(b"".join(lines))
                lines.clear()
        out.write(b"".join(lines))
    return count


def tape_line(frame: Frame, slug: str) -> bytes:
    """Return the frame as one line of a tape, with its line end."""
    seconds, rest_ns = divmod(frame.local_ns, NS_PER_S)
    time = f"{seconds}.{rest_ns // 1_000:06d}"
    head = f'{{"local_timestamp": {time}, "slug": {json.dumps(slug)}, "data": '
    return head.encode() + frame.payload + b"}\n"


def _open(path: Path, stack: ExitStack) -> IO[bytes]:
    """The file to write to; compressed forms carry no name and no time: equal bytes again."""
    if path.name.endswith(".jsonl"):
        return stack.enter_context(path.open("wb"))
    if path.name.endswith(".jsonl.gz"):
        raw = stack.enter_context(path.open("wb"))
        packed = gzip.GzipFile("", "wb", compresslevel=_GZIP_LEVEL, fileobj=raw, mtime=0)
        return cast("IO[bytes]", stack.enter_context(packed))
    if path.name.endswith(".jsonl.zst"):
        raw = stack.enter_context(path.open("wb"))
        compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
        return stack.enter_context(compressor.stream_writer(raw, closefd=False))
    raise ValueError(f"tape {path.name!r} must end in .jsonl, .jsonl.gz or .jsonl.zst")
