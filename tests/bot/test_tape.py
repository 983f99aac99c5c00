"""A recording gives its frames with their times; damage is counted, and the rest is still read."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import TapeError
from bot.tape import DAMAGE_KEPT_MAX, LINE_BYTES_MAX, Tape, TapeFrame, read_tape

Packer = Callable[[bytes], bytes]
PACKERS: dict[str, Packer] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
}


def frame(time_ms: int) -> bytes:
    """A small frame that states its time."""
    return b'{"event_type":"book","timestamp":"%d"}' % time_ms


def wrapped(local_s: str, data: bytes = b"{}") -> bytes:
    """A recorder's line; `local_s` is put in as written."""
    return b'{"local_timestamp": %s, "slug": "x", "data": %s}' % (local_s.encode(), data)


def tape_of(folder: Path, *lines: bytes, pack: Packer = bytes) -> Tape:
    """A tape of these lines."""
    path = folder / "tape.jsonl"
    path.write_bytes(pack(b"\n".join(lines) + b"\n"))
    return read_tape(path)


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_every_packing_reads_the_same(tmp_path: Path, pack: Packer) -> None:
    """Plain, gzip and zstd are told apart by their content, whatever the name says."""
    tape = tape_of(tmp_path, frame(1), frame(2), pack=pack)
    expected = [TapeFrame(1_000_000, frame(1)), TapeFrame(2_000_000, frame(2))]
    assert expected == list(tape)
    assert expected == list(tape), "iterating again starts again"
    assert tape.total == tape.position
    assert 0 == tape.damaged


@pytest.mark.parametrize("pack", [gzip.compress, PACKERS["zstd"]])
def test_parts_one_after_the_other_are_one_tape(tmp_path: Path, pack: Packer) -> None:
    """Files joined by `cat` read on."""
    path = tmp_path / "tape"
    path.write_bytes(pack(frame(1) + b"\n") + pack(frame(2) + b"\n"))
    assert [frame(1), frame(2)] == [item.payload for item in read_tape(path)]


def test_wrapped_line_gives_its_data_untouched(tmp_path: Path) -> None:
    """Byte for byte as it came, with the local time exact to the ns."""
    data = b'[ {"timestamp" : "9",  "price":"0.50"} ]'
    tape = tape_of(tmp_path, wrapped("1782707601.032441912", data))
    assert [TapeFrame(1_782_707_601_032_441_912, data)] == list(tape)


@pytest.mark.parametrize(
    ("line", "local_ns"),
    [
        (wrapped("1782707601.0324419"), 1_782_707_601_032_441_900),
        (wrapped("1782707601"), 1_782_707_601_000_000_000),
        (wrapped("1.7827076010324419e9"), 1_782_707_601_032_441_900),
        (wrapped('"1782707601.5"'), 1_782_707_601_500_000_000),
        (wrapped("0.0000000015"), 2),
        (wrapped("null", frame(7)), 7_000_000),
        (wrapped("-1", frame(7)), 7_000_000),
        (wrapped("1e999999999", frame(7)), 7_000_000),
        (b'{"data":' + frame(7) + b"}", 7_000_000),
        (b"[" + frame(7) + b"," + frame(8) + b"]", 7_000_000),
        (b'{"timestamp":7}', 7_000_000),
    ],
)
def test_time_of_a_line(tmp_path: Path, line: bytes, local_ns: int) -> None:
    """The recorder's time, else the frame's own."""
    assert [local_ns] == [item.local_ns for item in tape_of(tmp_path, line)]


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"{}",
        b'{"timestamp":"soon"}',
        b'{"timestamp":-5}',
        b'{"timestamp":99999999999999}',
        b'[{"timestamp":"nan"}]',
        b'[{"timestamp":{}}]',
    ],
)
def test_frame_without_a_time_has_the_time_before(tmp_path: Path, line: bytes) -> None:
    """What the frame is worth is for the decoder to say."""
    tape = tape_of(tmp_path, frame(3), line)
    assert [(3_000_000, frame(3)), (3_000_000, line)] == [(f.local_ns, f.payload) for f in tape]


def test_first_frame_without_a_time_is_damage(tmp_path: Path) -> None:
    """There is no honest time to give it."""
    tape = tape_of(tmp_path, b"[]", frame(3))
    assert [frame(3)] == [item.payload for item in tape]
    assert [1] == [damage.line for damage in tape.damage]


def test_time_never_goes_back(tmp_path: Path) -> None:
    """Backward steps are counted and levelled."""
    tape = tape_of(tmp_path, frame(5), frame(3), frame(5), frame(6))
    assert [5, 5, 5, 6] == [item.local_ns // 1_000_000 for item in tape]
    assert 1 == tape.backward_steps


@pytest.mark.parametrize("damaged", [0, 1, 2, 4])
@pytest.mark.parametrize("is_wrapped", [True, False])
def test_one_frame_centuries_ahead_is_damage(
    tmp_path: Path, damaged: int, *, is_wrapped: bool
) -> None:
    """A spoilt digit, wherever it is: what follows keeps its own time, and the line is named."""
    times_s = [1_782_707_601 + i for i in range(5)]
    stated = [8_782_707_601 if i == damaged else time_s for i, time_s in enumerate(times_s)]
    if is_wrapped:
        lines = [b'{"local_timestamp":%d,"slug":"x","data":{"a":%d}}' % (s, s) for s in stated]
    else:
        lines = [b'{"timestamp":"%d","a":%d}' % (s * 1_000, s) for s in stated]
    path = tmp_path / "tape.jsonl"
    path.write_bytes(b"\n".join(lines))
    tape = read_tape(path)
    expected = [time_s * 10**9 for i, time_s in enumerate(times_s) if i != damaged]
    assert expected == [frame.local_ns for frame in tape]
    assert [damaged + 1] == [damage.line for damage in tape.damage]
    assert 0 == tape.backward_steps


def test_blank_lines_are_skipped(tmp_path: Path) -> None:
    """They are no damage, and Windows line ends are fine."""
    tape = tape_of(tmp_path, b"", frame(1) + b"\r", b"  ", b"\r", frame(2))
    assert [1, 2] == [item.local_ns // 1_000_000 for item in tape]
    assert 0 == tape.damaged


@pytest.mark.parametrize(
    "garbage",
    [b"hello", b'{"a":', b"\xff\x00", b"7", b"[7]", b'"text"', b"[" * 10_000, b'{"a":"\xff"}x'],
)
def test_garbage_line_is_counted_and_reading_goes_on(tmp_path: Path, garbage: bytes) -> None:
    """With the number of its line."""
    tape = tape_of(tmp_path, frame(1), b"", garbage, frame(2))
    assert [1, 2] == [item.local_ns // 1_000_000 for item in tape]
    assert [3] == [damage.line for damage in tape.damage]
    assert 1 == tape.damaged


def test_only_the_first_damages_are_kept(tmp_path: Path) -> None:
    """All are counted."""
    tape = tape_of(tmp_path, *[b"x"] * (DAMAGE_KEPT_MAX + 5))
    assert [] == list(tape)
    assert DAMAGE_KEPT_MAX + 5 == tape.damaged
    assert DAMAGE_KEPT_MAX == len(tape.damage)


def test_cut_last_line_is_damage(tmp_path: Path) -> None:
    """The recorder was killed while writing it."""
    path = tmp_path / "tape"
    path.write_bytes(frame(1) + b"\n" + frame(2)[:-5])
    tape = read_tape(path)
    assert [frame(1)] == [item.payload for item in tape]
    assert [2] == [damage.line for damage in tape.damage]


def test_last_line_without_an_end_is_read(tmp_path: Path) -> None:
    """A file need not end with a newline."""
    path = tmp_path / "tape"
    path.write_bytes(frame(1))
    assert [frame(1)] == [item.payload for item in read_tape(path)]


def noise(count: int) -> list[bytes]:
    """Lines that do not pack well, so that a cut hits the packed data."""
    return [
        b'{"timestamp":%d,"x":"%x"}' % (i + 1, pow(7, i * i, 2**255 - 19)) for i in range(count)
    ]


@pytest.mark.parametrize("pack", [gzip.compress, PACKERS["zstd"]])
def test_cut_file_gives_what_is_there(tmp_path: Path, pack: Packer) -> None:
    """And the cut is counted."""
    lines = noise(10_000)
    path = tmp_path / "tape"
    packed = pack(b"\n".join(lines))
    path.write_bytes(packed[: len(packed) * 2 // 3])
    tape = read_tape(path)
    payloads = [item.payload for item in tape]
    assert lines[: len(payloads)] == payloads
    assert len(payloads) > 1_000
    assert "cut short" in tape.damage[0].reason


@pytest.mark.parametrize("pack", [gzip.compress, PACKERS["zstd"]])
def test_spoilt_file_gives_what_came_before(tmp_path: Path, pack: Packer) -> None:
    """Nothing after the damage can be trusted."""
    path = tmp_path / "tape"
    packed = bytearray(pack(b"\n".join(noise(10_000))))
    packed[len(packed) // 2 :] = bytes(len(packed) // 2)
    path.write_bytes(packed)
    tape = read_tape(path)
    assert len(list(tape)) < 10_000
    assert tape.damaged >= 1


def test_empty_file_is_an_empty_tape(tmp_path: Path) -> None:
    """No frame, no damage."""
    path = tmp_path / "tape"
    path.write_bytes(b"")
    tape = read_tape(path)
    assert [] == list(tape)
    assert 0 == tape.damaged


@pytest.mark.slow
@pytest.mark.parametrize("ending", [b"", b"\n" + frame(2) + b"\n"])
def test_endless_line_does_not_fill_the_memory(tmp_path: Path, ending: bytes) -> None:
    """It is skipped up to its end, which may never come."""
    path = tmp_path / "tape"
    path.write_bytes(frame(1) + b"\n" + b"x" * (LINE_BYTES_MAX + 200_000) + ending)
    tape = read_tape(path)
    assert ([frame(1), frame(2)] if ending else [frame(1)]) == [item.payload for item in tape]
    assert [2] == [damage.line for damage in tape.damage]


def test_position_grows_to_the_total(tmp_path: Path) -> None:
    """It is what a progress bar shows, in bytes of the file."""
    tape = tape_of(tmp_path, *noise(10_000), pack=gzip.compress)
    positions = [tape.position for _ in tape]
    assert sorted(positions) == positions
    assert 0 < positions[0] < tape.total
    assert tape.total == positions[-1]


def test_missing_file_says_what_to_do(tmp_path: Path) -> None:
    """Before anything is read."""
    with pytest.raises(TapeError, match=r"cannot read tape .*nothing.*: No such file.*bot record"):
        read_tape(tmp_path / "nothing")


def test_folder_is_no_tape(tmp_path: Path) -> None:
    """Nor is any other thing that is not a file."""
    with pytest.raises(TapeError, match="not a file"):
        read_tape(tmp_path)


def test_file_that_goes_away_is_an_error(tmp_path: Path) -> None:
    """An unreadable tape never looks like an empty one."""
    tape = tape_of(tmp_path, frame(1))
    tape.path.unlink()
    with pytest.raises(TapeError, match="cannot read on"):
        list(tape)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.binary(max_size=30) | st.integers(0, 10**12).map(frame), max_size=8),
    packer=st.sampled_from(sorted(PACKERS)),
    kept=st.floats(0, 1),
)
def test_any_file_is_read_without_an_exception(
    tmp_path: Path, lines: list[bytes], packer: str, kept: float
) -> None:
    """Whatever the bytes are: frames that are JSON, times that never go back, or damage."""
    path = tmp_path / "tape"
    packed = PACKERS[packer](b"\n".join(lines))
    path.write_bytes(packed[: round(len(packed) * kept)])
    frames = list(read_tape(path))
    assert sorted(item.local_ns for item in frames) == [item.local_ns for item in frames]
    for item in frames:
        json.loads(item.payload.decode(errors="surrogateescape"))


def test_real_recordings_are_read_whole(data_dir: Path) -> None:
    """Wrapped and plain, with the number of frames their notes state."""
    messi = read_tape(data_dir / "landwalker_messi_20260629.ws_raw.jsonl.gz")
    frames = list(messi)
    assert 657 == len(frames)
    assert 1_782_707_599_467_858_800 == frames[0].local_ns
    assert frames[0].payload.startswith(b"[{")
    hockey = read_tape(data_dir / "tickscope_scf_g4_20260607_0130.ws.jsonl.gz")
    assert 97_742 == sum(1 for _ in hockey)
    assert messi.damaged == hockey.damaged == 0
    assert hockey.backward_steps > 0
