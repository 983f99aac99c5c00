"""Tapes on disk: one wrapped line a frame, three forms."""

import gzip
import hashlib
import io
import json
from pathlib import Path

import pytest
import zstandard

from bot.sandbox.market import Frame, write_tape

FRAMES = [
    Frame(1_782_864_000_040_123_000, 1_782_864_000_000_000_000, b'[{"event_type":"book"}]'),
    Frame(1_782_864_001_000_000_000, 1_782_864_000_950_000_000, b'{"event_type":"price_change"}'),
]
ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst")


def text_of(path: Path) -> str:
    """The tape's text, whatever its form."""
    raw = path.read_bytes()
    if path.suffix == ".gz":
        raw = gzip.decompress(raw)
    elif path.suffix == ".zst":
        raw = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw)).read()
    return raw.decode()


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_form_holds_the_same_lines(tmp_path: Path, ending: str) -> None:
    """`local_timestamp` in seconds, `slug`, and the frame as `data`, as in recordings."""
    path = tmp_path / f"tape{ending}"
    assert 2 == write_tape(path, iter(FRAMES), "a-market")
    lines = text_of(path).splitlines()
    assert [
        {
            "local_timestamp": 1782864000.040123,
            "slug": "a-market",
            "data": [{"event_type": "book"}],
        },
        {
            "local_timestamp": 1782864001.0,
            "slug": "a-market",
            "data": {"event_type": "price_change"},
        },
    ] == [json.loads(line) for line in lines]
    head = '{"local_timestamp": 1782864000.040123, "slug": "a-market", "data": [{'
    assert head == lines[0][: len(head)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_equal_frames_give_equal_files(tmp_path: Path, ending: str) -> None:
    """No name and no time of writing gets into the file."""
    digests = set()
    for name in ("one", "two"):
        path = tmp_path / f"{name}{ending}"
        write_tape(path, FRAMES)
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert 1 == len(digests)


def test_more_lines_than_the_buffer_are_all_written(tmp_path: Path) -> None:
    """The buffer's edge loses nothing."""
    path = tmp_path / "tape.jsonl"
    assert 4_002 == write_tape(path, FRAMES * 2_001)
    assert 4_002 == len(text_of(path).splitlines())


def test_another_ending_is_refused(tmp_path: Path) -> None:
    """The error names the file and the three forms."""
    with pytest.raises(ValueError, match=r"'tape\.csv' must end in \.jsonl, \.jsonl\.gz or"):
        write_tape(tmp_path / "tape.csv", FRAMES)
