"""The replay: deterministic to the byte, and whole to the last order."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import PaperSetup
from bot.domain import events
from bot.domain.messages import DamagedFrame
from bot.journal import Journal
from bot.replay import replay, run
from bot.tape import read_tape
from bot.tape_markets import find_markets
from tests.scenarios.play import EAGER, Kept, tape_lines, write_lines

ROOT = Path(__file__).parents[2]
Bytes = list[bytes]


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """A short tape of a generated market."""
    return write_lines(tmp_path / "tape.jsonl", tape_lines())


def journal_of(tape: Path, directory: Path, setup: PaperSetup = EAGER) -> Bytes:
    """The journal that a replay writes."""
    journal = Journal(directory, 1, flush_bytes=1 << 16)
    markets = find_markets(frame.payload for frame in read_tape(tape))
    replay([read_tape(tape)], markets, setup, sinks=(journal,))
    journal.close()
    return content(directory)


def content(directory: Path) -> Bytes:
    """Every segment of a journal."""
    return [path.read_bytes() for path in sorted(directory.glob("journal-*.jsonl"))]


def test_two_runs_write_the_same_bytes(tape: Path, tmp_path: Path) -> None:
    """Same tape, same seed: the journals are equal byte for byte; another seed differs."""
    first = journal_of(tape, tmp_path / "1")
    assert first == journal_of(tape, tmp_path / "2")
    assert len(first[0]) > 10_000


def test_the_bytes_do_not_depend_on_the_hash_seed(tape: Path, tmp_path: Path) -> None:
    """No set or dictionary order of the interpreter leaks into a decision."""
    journals = []
    for seed in ("1", "2"):
        directory = tmp_path / seed
        command = [sys.executable, "-m", "bot", "replay", str(tape), "--journal", str(directory)]
        subprocess.run(
            command, check=True, cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True
        )
        journals.append(content(directory))
    assert journals[0] == journals[1]


def test_every_order_is_off_at_the_end(tape: Path) -> None:
    """After the last message all is cancelled, and what was under way comes home."""
    kept = Kept()
    markets = find_markets(frame.payload for frame in read_tape(tape))
    result = replay([read_tape(tape)], markets, EAGER, sinks=(kept,))
    stopped = kept.events[-1]
    assert isinstance(stopped, events.RunStopped)
    assert 0 == stopped.open_orders
    assert result.frames == len(tape_lines())
    assert result.level_changes_per_s > 0
    assert 200 < result.tape_s < 300


def test_a_second_tape_begins_with_a_gap(tape: Path) -> None:
    """Nobody knows what happened between two recordings; progress is told on the way."""
    kept = Kept()
    told: list[tuple[int, int]] = []
    markets = find_markets(frame.payload for frame in read_tape(tape))
    replay(
        [read_tape(tape), read_tape(tape)],
        markets,
        EAGER,
        sinks=(kept,),
        progress=lambda done, total: told.append((done, total)),
    )
    lost = [event.reason for event in kept.events if isinstance(event, events.FeedLost)]
    assert ["tape 2 begins", "end of tape"] == lost
    assert all(done <= total for done, total in told)


def test_an_empty_stream_is_no_run() -> None:
    """Nothing is published, not even a start."""
    kept = Kept()
    markets = find_markets(line.split(b'"data": ', 1)[1][:-2] for line in tape_lines())
    assert 0 == run([], markets, EAGER, sinks=(kept,))
    assert [] == kept.events
    assert 5 == run([(5, DamagedFrame("json", "?"))], markets, EAGER, sinks=(kept,))
