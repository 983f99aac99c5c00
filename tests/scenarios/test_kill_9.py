"""kill -9 at fifty random moments of a replay: the journal loses nothing it acknowledged."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from threading import Event

from bot.journal import Journal, read_journal
from tests.scenarios.play import tape_lines, write_lines
from tests.scenarios.replay_nursery import ACKS_MAX

ROOT = Path(__file__).parents[2]
KILLS = 50


def test_a_killed_replay_leaves_a_journal_whole_to_its_last_acknowledged_event(
    tmp_path: Path,
) -> None:
    """Each journal reads back without a hole up to the last event said to be on the disk."""
    tape = write_lines(tmp_path / "tape.jsonl", tape_lines())
    command = [sys.executable, "-m", "tests.scenarios.replay_nursery", str(tape)]
    rng = Random(9)
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as nursery:
        for number in range(KILLS):
            directory = tmp_path / str(number)
            acknowledged = killed(nursery, directory, rng.randrange(1, ACKS_MAX))
            numbers = [event.seq for event in read_journal(directory)]
            assert list(range(1, len(numbers) + 1)) == numbers
            assert acknowledged <= len(numbers)
            assert acknowledged > 0
        nursery.communicate("")


def killed(nursery: subprocess.Popen[str], directory: Path, after_acks: int) -> int:
    """Run one replay, kill it after so many acknowledgements, and return the last one."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(f"{directory}\n")
    nursery.stdin.flush()
    pid, acknowledged, acks = 0, 0, 0
    while (line := nursery.stdout.readline().split()) != ["gone"]:
        if line[0] == "pid":
            pid = int(line[1])
        else:
            acknowledged, acks = int(line[1]), acks + 1
            if acks == after_acks:
                os.kill(pid, signal.SIGKILL)
    assert acks >= after_acks, "the replay ended before it was killed"
    return acknowledged


def test_a_killed_command_leaves_a_journal_that_can_be_gone_on_with(tmp_path: Path) -> None:
    """The real command, killed: its journal heals, and the next writer goes on beside it."""
    tape = write_lines(tmp_path / "tape.jsonl", tape_lines() * 20)
    directory = tmp_path / "journal"
    command = [sys.executable, "-m", "bot", "replay", str(tape), "--journal", str(directory)]
    for number, written in enumerate((0, 1, 100_000, 200_000)):
        with subprocess.Popen(
            command, cwd=ROOT, env={}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            while process.poll() is None and not has_written(directory, written):
                Event().wait(0.001)
            process.kill()
        Journal(directory, number).close()
        numbers = [event.seq for event in read_journal(directory)]
        assert list(range(1, len(numbers) + 1)) == numbers
        shutil.rmtree(directory)


def has_written(directory: Path, size: int) -> bool:
    """True once there is a journal of so many bytes."""
    return directory.exists() and size <= sum(
        path.stat().st_size for path in directory.glob("journal-*")
    )
