"""Segments: names in order of time, whole lines or none, and a tail that a crash tore off."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import JournalError
from bot.domain.events import SCHEMA_VERSION
from bot.journal.segment import (
    BLOCK_BYTES,
    Header,
    SegmentFile,
    TornTail,
    heal,
    read_header,
    segment_path,
    segments,
    whole_lines_end,
)

HEADER = Header(SCHEMA_VERSION, 5, 0)
HEADER_LINE = msgspec.json.encode(HEADER) + b"\n"


@contextmanager
def full_disk(file_bytes_max: int) -> Iterator[None]:
    """No file may grow beyond this: the kernel writes what fits and then refuses, as when full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_names_sort_in_order_of_time(tmp_path: Path) -> None:
    """By run, then by number; other files are not segments."""
    paths = [segment_path(tmp_path, run, n) for run, n in ((7, 0), (7, 10), (10**18, 0))]
    for path in (*reversed(paths), tmp_path / "journal.lock"):
        path.touch()
    assert paths == segments(tmp_path)


def test_new_segment_has_its_header(tmp_path: Path) -> None:
    """And then exactly the lines appended."""
    segment = SegmentFile(tmp_path / "s", HEADER)
    segment.append(b"one\n")
    segment.append(b"two\n")
    segment.sync()
    segment.close()
    content = (tmp_path / "s").read_bytes()
    assert HEADER_LINE + b"one\ntwo\n" == content
    assert len(content) == segment.size
    assert HEADER == read_header(tmp_path / "s", HEADER_LINE)


def test_segment_is_never_written_over(tmp_path: Path) -> None:
    """A name that is taken is an error."""
    (tmp_path / "s").touch()
    with pytest.raises(FileExistsError):
        SegmentFile(tmp_path / "s", HEADER)


def test_segment_without_room_for_its_header_is_none(tmp_path: Path) -> None:
    """Nothing stays behind, so that the name can be tried again."""
    with full_disk(10), pytest.raises(OSError, match="large"):
        SegmentFile(tmp_path / "s", HEADER)
    assert [] == list(tmp_path.iterdir())


def test_append_after_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    """What was half written is cut off before the lines are written again."""
    segment = SegmentFile(tmp_path / "s", HEADER)
    with full_disk(segment.size + 5):
        for _ in range(2):
            with pytest.raises(OSError, match="large"):
                segment.append(b"one and more\n")
    assert HEADER_LINE + b"one a" == (tmp_path / "s").read_bytes()
    segment.append(b"one and more\n")
    segment.close()
    assert HEADER_LINE + b"one and more\n" == (tmp_path / "s").read_bytes()


@pytest.mark.parametrize("line", [b"", b"{}", b"\xff\n", b'{"type":"RunStarted"}\n'])
def test_other_file_is_no_journal(line: bytes) -> None:
    """Named with its first line."""
    with pytest.raises(JournalError, match="x:1: not a journal"):
        read_header(Path("x"), line)


def test_other_version_is_refused() -> None:
    """With what to do."""
    line = msgspec.json.encode(Header(SCHEMA_VERSION + 1, 5, 0))
    with pytest.raises(JournalError, match="read it with the program that wrote it"):
        read_header(Path("x"), line)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    whole=st.lists(st.integers(0, BLOCK_BYTES), max_size=3), tail=st.integers(0, BLOCK_BYTES * 2)
)
def test_healing_cuts_exactly_the_incomplete_line(
    tmp_path: Path, whole: list[int], tail: int
) -> None:
    """However long it is; a whole file is left alone."""
    path = tmp_path / "s"
    lines = b"".join(b"x" * length + b"\n" for length in whole)
    path.write_bytes(lines + b"y" * tail)
    assert len(lines) == whole_lines_end(path)
    assert (TornTail(path, tail) if tail else None) == heal(path)
    assert lines == path.read_bytes()
    assert heal(path) is None
