"""Writes the live feed to a tape that `bot.tape` reads back frame by frame, byte for byte.

Each line is `{local_timestamp, slug, data}`. What was written is flushed every second, so that a
killed recorder loses at most that; the torn end is one damaged line to the reader.
"""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import msgspec
import zstandard

from bot.domain.errors import TapeError
from bot.domain.ports import MarketFeed
from bot.domain.units import NS_PER_S

FLUSH_S = 1.0
ZSTD_LEVEL = 3


def check_name(path: Path) -> None:
    """Raise TapeError when a tape could not be begun at `path`, before anything is asked for."""
    _packer(path)
    if path.exists():
        raise TapeError(f"cannot record to {path}: it exists; give a new name")


class TapeWriter:
    """A new tape. Its `write` is the tap of a market stream: it never raises into it.

    `frames` counts what was written; the first failure ends the writing and is raised by `check`.
    """

    def __init__(self, path: Path, slug: str) -> None:
        """Create the file; its ending says how it is packed: .jsonl, .jsonl.gz or .jsonl.zst.

        Raises TapeError when the ending is another, the file exists, or it cannot be created.
        """
        self._packer = _packer(path)
        try:
            self._file = path.open("xb", buffering=0)
        except OSError as error:
            raise TapeError(
                f"cannot record to {path}: {error.strerror}; give a new name in a writable folder"
            ) from error
        self._path = path
        self._slug = msgspec.json.encode(slug)
        self._error: OSError | None = None
        self.frames = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Finish the tape. Raises TapeError when it could not be written whole."""
        self._append(self._packer.finish())
        self._file.close()
        if error is None:
            self.check()

    def write(self, local_ns: int, frame: bytes) -> None:
        """Append one frame received at `local_ns`; blank ones are left out."""
        # A newline can only be white space in JSON, and would end our line.
        data = frame.replace(b"\n", b" ").strip()
        if data and self._error is None:
            time_s = b"%d.%09d" % divmod(local_ns, NS_PER_S)
            line = b'{"local_timestamp":%s,"slug":%s,"data":%s}\n' % (time_s, self._slug, data)
            self._append(self._packer.pack(line))
            self.frames += 1

    def flush(self) -> None:
        """Hand everything written so far to the operating system, readable by itself."""
        self._append(self._packer.flush())

    def check(self) -> None:
        """Raise TapeError when something could not be written."""
        if self._error is not None:
            raise TapeError(
                f"cannot go on recording to {self._path}: {self._error.strerror}; "
                f"{self.frames} frames were received, what is there can be replayed"
            ) from self._error

    def _append(self, packed: bytes) -> None:
        if self._error is not None:
            return
        try:
            rest = memoryview(packed)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._error = error


async def record(feed: MarketFeed, tape: TapeWriter, flush_s: float = FLUSH_S) -> None:
    """Drain a feed whose tap is `tape.write`, flushing every `flush_s`, until cancelled.

    Returns only when the feed ends. Raises TapeError when the tape cannot be written.
    """
    flushing = asyncio.create_task(_flush_often(tape, flush_s))
    try:
        async for _ in feed.messages():
            tape.check()
    finally:
        flushing.cancel()


async def _flush_often(tape: TapeWriter, flush_s: float) -> None:
    while True:
        await asyncio.sleep(flush_s)
        tape.flush()


class _Packer(Protocol):
    # Turns lines into the bytes of the file; `flush` makes all so far readable.

    def pack(self, data: bytes) -> bytes: ...

    def flush(self) -> bytes: ...

    def finish(self) -> bytes: ...


class _Plain:
    def pack(self, data: bytes) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""

    def finish(self) -> bytes:
        return b""


class _Gzip:
    def __init__(self) -> None:
        self._stream = zlib.compressobj(wbits=31)

    def pack(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def flush(self) -> bytes:
        return self._stream.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._stream.flush()


class _Zstd:
    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj()

    def pack(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def flush(self) -> bytes:
        return self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def finish(self) -> bytes:
        return self._stream.flush()


def _packer(path: Path) -> _Packer:
    for ending, packer in ((".jsonl", _Plain), (".jsonl.gz", _Gzip), (".jsonl.zst", _Zstd)):
        if path.name.endswith(ending):
            return packer()
    raise TapeError(
        f"cannot record to {path}: its name must end in .jsonl, .jsonl.gz or .jsonl.zst"
    )
