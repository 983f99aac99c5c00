"""Recordings of the market channel, read as fast as they can be decoded.

A line is one frame: raw (object or array), or wrapped as `{local_timestamp, slug, data}` by a
recorder. Files may be plain, gzip or zstd, told apart by their first bytes. Damage is counted with
its line number and reading goes on; only a file that cannot be read at all is an error.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec
import zstandard

from bot.domain.errors import TapeError
from bot.domain.units import NS_PER_MS, NS_PER_S
from bot.tape_clock import JUMP_NS_MAX, TapeClock

CHUNK_BYTES = 1 << 13
"""Read at a time. Frames of the feed unpack to up to 40 times that, which the cache still holds."""
LINE_BYTES_MAX = 1 << 24
"""A longer line is no frame: it is skipped, so that a binary file cannot fill the memory."""
DAMAGE_KEPT_MAX = 100
"""Damaged lines remembered one by one; the rest are only counted."""
TIME_NS_MAX = 9 * 10**18
"""The year 2255; a later time is a damaged number."""

_GZIP_MAGIC, _ZSTD_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
_NS_PER_UNIT: tuple[int, ...] = tuple(10 ** (9 - decimals) for decimals in range(10))
"""The ns of one unit in the last place of a number of seconds, by its decimals."""
_HOW = "give a .jsonl, .jsonl.gz or .jsonl.zst file made by `python -m bot record`"


class TapeFrame(msgspec.Struct, frozen=True, gc=False):
    """One frame as it came: local receive time (ns, never going back) and its JSON."""

    local_ns: int
    payload: bytes


class TapeDamage(msgspec.Struct, frozen=True):
    """A line that could not be read, counted from 1."""

    line: int
    reason: str


class _Wrapped(msgspec.Struct, gc=False):
    local_timestamp: msgspec.Raw
    data: msgspec.Raw


class _Line(msgspec.Struct, gc=False):
    local_timestamp: msgspec.Raw = msgspec.Raw()
    timestamp: int = -1
    data: msgspec.Raw = msgspec.Raw()


class _Times(msgspec.Struct, gc=False):
    timestamp: msgspec.Raw = msgspec.Raw()


_decode_wrapped_lines = msgspec.json.Decoder(_Wrapped).decode_lines
_decode_line = msgspec.json.Decoder(_Line, strict=False).decode
_decode_times = msgspec.json.Decoder(_Times | list[_Times]).decode


def read_tape(path: Path) -> Tape:
    """Return the tape at `path`, to be iterated over. Raises TapeError when there is none."""
    return Tape(path)


class Tape:
    """The frames of one recording, in order; iterating again starts again.

    A frame's time is its `local_timestamp` (seconds), else its own `timestamp` (ms), else that of
    the frame before. It is never earlier than the frame before, and no frame alone may be a day
    ahead of the others (tape_clock.py). `position` of `total` bytes of the file are read: what a
    progress bar needs.
    """

    def __init__(self, path: Path) -> None:
        """Look at the file. Raises TapeError when it is missing or no file."""
        try:
            self.total = path.stat().st_size
        except OSError as error:
            raise TapeError(f"cannot read tape {path}: {error.strerror}; {_HOW}") from error
        if not path.is_file():
            raise TapeError(f"cannot read tape {path}: not a file; {_HOW}")
        self.path = path
        self._reset()

    def _reset(self) -> None:
        self.position = 0
        self.damaged = 0
        self.damage: list[TapeDamage] = []
        self._line = 0
        self._clock = TapeClock(self._note_line)

    @property
    def backward_steps(self) -> int:
        """Frames whose time was earlier than that of a frame before."""
        return self._clock.backward_steps

    def __iter__(self) -> Iterator[TapeFrame]:
        """Yield the frames. Raises TapeError when the file cannot be read on."""
        self._reset()
        try:
            with self.path.open("rb") as file:
                yield from self._frames(self._blocks(self._unpacked(self._chunks(file))))
        except OSError as error:
            raise TapeError(f"cannot read on tape {self.path}: {error.strerror}") from error

    def _chunks(self, file: BinaryIO) -> Iterator[bytes]:
        while chunk := file.read(CHUNK_BYTES):
            self.position += len(chunk)
            yield chunk

    def _unpacked(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        first = next(chunks, b"")
        chunks = itertools.chain([first], chunks)
        if first.startswith(_GZIP_MAGIC):
            return self._unpack(chunks, lambda: zlib.decompressobj(wbits=31))
        if first.startswith(_ZSTD_MAGIC):
            return self._unpack(chunks, zstandard.ZstdDecompressor().decompressobj)
        return chunks

    def _unpack(
        self, chunks: Iterator[bytes], unpacker: Callable[[], _Unpacker]
    ) -> Iterator[bytes]:
        # Both formats may consist of several parts, one after the other.
        part: _Unpacker | None = None
        for chunk in chunks:
            packed = chunk
            while packed:
                part = part or unpacker()
                try:
                    plain = part.decompress(packed)
                except (zlib.error, zstandard.ZstdError) as error:
                    self._note(f"cannot be unpacked from here on: {error}")
                    return
                yield plain
                packed = part.unused_data
                if part.eof:
                    part = None
        if part is not None:
            self._note("the file was cut short")

    def _blocks(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        # Whole lines, as many as a chunk completes, without the last line's end.
        rest = b""
        is_skipping = False  # until the end of a line that is too long
        for chunk in chunks:
            lines, end, rest = (rest + chunk).rpartition(b"\n")
            if is_skipping:
                is_skipping = not end
                rest = b"" if is_skipping else rest
                _, end, lines = lines.partition(b"\n")
            if end:
                yield lines
            if len(rest) > LINE_BYTES_MAX:
                is_skipping, rest = True, b""
                self._line += 1
                self._note(f"longer than {LINE_BYTES_MAX} bytes")
        yield rest

    def _frames(self, blocks: Iterator[bytes]) -> Iterator[TapeFrame]:
        clock = self._clock
        for block in blocks:
            whole = self._read_wrapped(block)
            for frame in whole or self._read_lines(block):
                stated_ns, payload = frame
                if stated_ns is not None and clock.latest_ns <= stated_ns <= clock.limit_ns:
                    clock.latest_ns, clock.limit_ns = stated_ns, stated_ns + JUMP_NS_MAX
                    yield TapeFrame(stated_ns, payload)
                    continue
                line = self._line - len(whole) + whole.index(frame) + 1 if whole else self._line
                for placed in clock.place(stated_ns, payload, line):
                    yield TapeFrame(*placed)
        for placed in clock.end():
            yield TapeFrame(*placed)

    def _read_wrapped(self, block: bytes) -> Sequence[tuple[int | None, bytes]]:
        # Returns the frames of a block in which every line is a recorder's, decoded all at once in
        # a third of the time; nothing for any other block, which has to be read line by line.
        try:
            lines = _decode_wrapped_lines(block)
            frames = [(_plain_ns(bytes(line.local_timestamp)), bytes(line.data)) for line in lines]
        except (*_UNREADABLE, ValueError, LookupError):
            return []
        if len(frames) != block.count(b"\n") + 1:
            return []
        self._line += len(frames)
        return frames

    def _read_lines(self, block: bytes) -> Iterator[tuple[int | None, bytes]]:
        for line in block.split(b"\n"):
            self._line += 1
            try:
                yield _read_line(line)
            except _UNREADABLE as error:
                if line and not line.isspace():
                    self._note(str(error))

    def _note(self, reason: str) -> None:
        self._note_line(self._line, reason)

    def _note_line(self, line: int, reason: str) -> None:
        self.damaged += 1
        if len(self.damage) < DAMAGE_KEPT_MAX:
            self.damage.append(TapeDamage(line, reason))


class _Unpacker(Protocol):
    # One part of a packed file: a gzip member or a zstd frame.

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def _read_line(line: bytes) -> tuple[int | None, bytes]:
    # Returns the stated local time in ns, `None` when there is none, and the frame.
    try:
        stated = _decode_line(line)
    except msgspec.ValidationError:  # an array, or a time that is none
        return _stated_ns(line), line
    if stated.data:
        data = bytes(stated.data)
        local_ns = _scaled(bytes(stated.local_timestamp), NS_PER_S)
        return (_read_line(data)[0] if local_ns is None else local_ns), data
    if 0 <= stated.timestamp <= TIME_NS_MAX // NS_PER_MS:
        return stated.timestamp * NS_PER_MS, line
    return None, line


def _stated_ns(frame: bytes) -> int | None:
    stated = _decode_times(frame)
    first = stated[0] if isinstance(stated, list) and stated else stated
    return _scaled(bytes(first.timestamp), NS_PER_MS) if isinstance(first, _Times) else None


def _plain_ns(seconds: bytes) -> int:
    # Raises ValueError or LookupError for anything but decimal digits with a time in range.
    whole, _, part = seconds.partition(b".")
    ns = int(whole + part) * _NS_PER_UNIT[len(part)]
    if not 0 <= ns <= TIME_NS_MAX:
        raise ValueError(seconds)
    return ns


def _scaled(number: bytes, scale: int) -> int | None:
    # From the text of the number, so that not a nanosecond is lost in a float. None: no time.
    try:
        ns = Decimal(number.decode().strip('"')) * scale
        return round(ns) if 0 <= ns <= TIME_NS_MAX else None
    except (ArithmeticError, ValueError):
        return None
