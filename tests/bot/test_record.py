"""What is recorded is read back, whatever ends the recording."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import TapeError
from bot.domain.market import TokenId
from bot.domain.messages import FeedGap, MarketMessage
from bot.record import TapeWriter, check_name, record
from bot.tape import TapeFrame, read_tape

ENDINGS = [".jsonl", ".jsonl.gz", ".jsonl.zst"]
START_NS = 1_782_707_601_032_441_912
FULL = Path("/dev/full")


def frame(number: int) -> bytes:
    """A small frame."""
    return b'{"event_type":"book","timestamp":"%d"}' % number


class Feed:
    """A feed that taps and yields numbered frames: so many, then it ends or stays silent."""

    def __init__(self, tape: TapeWriter, count: int, *, ends: bool = True) -> None:
        self.tape = tape
        self.count = count
        self.ends = ends

    def resubscribe(self, token: TokenId) -> None:
        """A recorder wishes for nothing."""
        raise AssertionError(token)

    async def messages(self) -> AsyncIterator[tuple[int, MarketMessage]]:
        """Yield something for each frame."""
        for number in range(self.count):
            self.tape.write(START_NS + number, frame(number))
            yield START_NS + number, FeedGap("any message")
        if not self.ends:
            await asyncio.Event().wait()


def expected(count: int) -> list[TapeFrame]:
    """What reading back must give."""
    return [TapeFrame(START_NS + number, frame(number)) for number in range(count)]


@pytest.mark.parametrize("ending", ENDINGS)
async def test_recording_is_read_back(tmp_path: Path, ending: str) -> None:
    """Byte for byte, to the nanosecond."""
    path = tmp_path / f"tape{ending}"
    with TapeWriter(path, 'odd "slug"') as tape:
        await record(Feed(tape, 100), tape)
    read = read_tape(path)
    assert expected(100) == list(read)
    assert 0 == read.damaged
    assert 100 == tape.frames


@pytest.mark.parametrize("ending", ENDINGS)
async def test_killed_recorder_loses_only_what_was_not_flushed(tmp_path: Path, ending: str) -> None:
    """The file as it is on disk while the recorder still runs."""
    path = tmp_path / f"tape{ending}"
    with TapeWriter(path, "x") as tape:
        recording = asyncio.create_task(record(Feed(tape, 50, ends=False), tape, flush_s=0.001))
        async with asyncio.timeout(60):
            while expected(50) != list(read_tape(path)):  # noqa: ASYNC110 - a file has no event
                await asyncio.sleep(0.001)
        recording.cancel()
        with suppress(asyncio.CancelledError):
            await recording


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.floats(0.0, 1.0), ending=st.sampled_from(ENDINGS))
def test_torn_tape_gives_its_beginning(tmp_path: Path, kept: float, ending: str) -> None:
    """Cut at any byte: everything flushed before it is there."""
    path = tmp_path / f"tape{ending}"
    path.unlink(missing_ok=True)
    flushed: list[int] = []
    with TapeWriter(path, "x") as tape:
        for number in range(30):
            tape.write(START_NS + number, frame(number))
            tape.flush()
            flushed.append(path.stat().st_size)
    content = path.read_bytes()
    cut = round(len(content) * kept)
    path.write_bytes(content[:cut])
    frames = list(read_tape(path))
    assert expected(len(frames)) == frames
    assert len(frames) >= sum(size <= cut for size in flushed)


def test_blank_frames_are_left_out_and_newlines_stay_inside(tmp_path: Path) -> None:
    """One frame is one line."""
    path = tmp_path / "tape.jsonl"
    with TapeWriter(path, "x") as tape:
        tape.write(START_NS, b"\n")
        tape.write(START_NS, b'{\n"timestamp":"1"}\n')
    assert [TapeFrame(START_NS, b'{ "timestamp":"1"}')] == list(read_tape(path))


def test_garbage_frame_is_one_damaged_line(tmp_path: Path) -> None:
    """It does not spoil its neighbours."""
    path = tmp_path / "tape.jsonl.zst"
    with TapeWriter(path, "x") as tape:
        tape.write(START_NS, frame(0))
        tape.write(START_NS, b'{"half":')
        tape.write(START_NS + 1, frame(1))
    read = read_tape(path)
    assert expected(2) == list(read)
    assert [2] == [damage.line for damage in read.damage]


def test_recording_never_overwrites(tmp_path: Path) -> None:
    """An old tape is worth more than a new name."""
    path = tmp_path / "tape.jsonl"
    path.write_bytes(b"precious")
    with pytest.raises(TapeError, match="File exists; give a new name"):
        TapeWriter(path, "x")
    assert b"precious" == path.read_bytes()


def test_other_ending_is_refused(tmp_path: Path) -> None:
    """Before anything is created."""
    with pytest.raises(TapeError, match=r"must end in \.jsonl"):
        TapeWriter(tmp_path / "tape.csv", "x")
    assert [] == list(tmp_path.iterdir())


def test_a_name_that_would_not_do_is_told_before_anything_is_asked_for(tmp_path: Path) -> None:
    """The catalogue is asked over the network: a mistyped ending is known without it."""
    check_name(tmp_path / "tape.jsonl.zst")
    assert [] == list(tmp_path.iterdir())
    with pytest.raises(TapeError, match="must end in"):
        check_name(tmp_path / "tape.zip")
    (tmp_path / "old.jsonl").touch()
    with pytest.raises(TapeError, match="it exists; give a new name"):
        check_name(tmp_path / "old.jsonl")


@pytest.mark.parametrize("ending", ENDINGS)
async def test_full_disk_ends_the_recording_with_an_error(tmp_path: Path, ending: str) -> None:
    """The stream is not harmed by the tap; the recording says what happened."""
    tape = on_full_disk(TapeWriter(tmp_path / f"tape{ending}", "x"))
    with pytest.raises(TapeError, match="No space left on device"):
        async with asyncio.timeout(60):
            await record(Endless(tape), tape, flush_s=0.001)
    with pytest.raises(TapeError, match="No space left"), tape:
        tape.write(START_NS, frame(1))


def on_full_disk(tape: TapeWriter) -> TapeWriter:
    """The same tape on the device that is always full."""
    if not FULL.exists():
        pytest.skip("no /dev/full on this system")
    tape._file.close()
    tape._file = FULL.open("wb", buffering=0)
    return tape


class Endless(Feed):
    """A feed that goes on until somebody stops it."""

    def __init__(self, tape: TapeWriter) -> None:
        super().__init__(tape, 0)

    async def messages(self) -> AsyncIterator[tuple[int, MarketMessage]]:
        """Yield frames for ever, giving others their turn."""
        while True:
            self.tape.write(START_NS, frame(1))
            yield START_NS, FeedGap("any message")
            await asyncio.sleep(0)


def test_error_of_the_caller_is_not_hidden(tmp_path: Path) -> None:
    """Closing does not replace it."""
    tape = TapeWriter(tmp_path / "tape.jsonl", "x")
    tape._error = OSError(28, "No space left on device")
    with pytest.raises(ZeroDivisionError), tape:
        raise ZeroDivisionError
