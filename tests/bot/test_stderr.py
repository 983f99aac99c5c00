"""Lines on stderr: in order, never waited for, and what is lost is counted."""

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

from bot.stderr import LineWriter, is_terminal, stderr

ROOT = Path(__file__).parents[2]


class Halves(io.BytesIO):
    """A stream that takes at most three bytes at once."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """Take the beginning."""
        return super().write(data[:3])


class Stuck(io.BytesIO):
    """A stream that takes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.let_go = threading.Event()

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """Wait."""
        self.reached.set()
        self.let_go.wait()
        return super().write(data)


class Refusing(io.BytesIO):
    """A stream on a full disk."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """Refuse."""
        raise OSError(28, "No space left on device")


def test_lines_leave_whole_and_in_order() -> None:
    """Also through a stream that takes a few bytes at a time."""
    stream = Halves()
    writer = LineWriter(stream)
    for line in ("one", "zwölf", "three"):
        writer.write(line)
    writer.close()
    assert "one\nzwölf\nthree\n" == stream.getvalue().decode()


def test_a_reader_that_does_not_read_costs_lines_and_no_time() -> None:
    """What finds no room is counted, and said as soon as somebody reads again."""
    stream = Stuck()
    writer = LineWriter(stream, lines_max=2)
    writer.write("0")
    stream.reached.wait()
    for line in "12345":
        writer.write(line)
    assert 3 == writer.dropped
    writer.close(wait_s=0.01)
    stream.let_go.set()
    writer.close()
    deadline = threading.Event()
    while not stream.getvalue().endswith(b"2\n"):
        assert not deadline.wait(0.001)
    text = "0\n3 lines were dropped here: nobody read them\n1\n2\n"
    assert text == stream.getvalue().decode()


def test_a_stream_that_refuses_stops_nothing() -> None:
    """A full disk, or a reader that left: later lines are tried again."""
    writer = LineWriter(Refusing())
    writer.write("lost")
    writer.write("lost too")
    writer.close()
    assert 0 == writer.dropped


def test_a_writer_that_never_wrote_is_closed_at_once() -> None:
    """And one that was closed may be written to again."""
    stream = io.BytesIO()
    writer = LineWriter(stream)
    writer.close()
    for _ in range(2):
        writer.write("again")
        writer.close()
    assert b"again\nagain\n" == stream.getvalue()


def test_the_last_lines_of_a_process_arrive() -> None:
    """The end of the process waits a moment for them."""
    code = "from bot.stderr import stderr; stderr().write('the last words')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, env={}
    )
    assert b"the last words\n" == done.stderr


def test_a_pipe_that_nobody_reads_does_not_hold_the_process_up() -> None:
    """It is full after 64 KB; the process says all it has to and ends."""
    code = (
        "from bot.stderr import stderr\n"
        "for _ in range(3000): stderr().write('x' * 1000)\n"
        "print('done', flush=True)"
    )
    read_end, write_end = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=write_end, env={}, timeout=120,
        )  # fmt: skip
    finally:
        os.close(read_end)
        os.close(write_end)
    assert b"done\n" == done.stdout


def test_there_is_one_writer_a_process() -> None:
    """Two threads on one stream would tear each other's lines apart."""
    assert stderr() is stderr()
    assert isinstance(is_terminal(), bool)
