"""Runs replays that will be killed: reads a journal directory a line, forks a child for each.

Prints `pid N` when a child begins, `ack SEQ` for each event known to be on the disk, and `gone`
when the child has ended, however it did. Started by test_kill_9.py.
"""

import os
import signal
import sys
from pathlib import Path

from bot.domain.events import Event
from bot.journal import Journal
from bot.replay import replay
from bot.tape import read_tape
from bot.tape_markets import find_markets
from tests.scenarios.play import EAGER

ACK_EVERY = 10
"""Events between two acknowledgements: each waits for the disk."""
ACKS_MAX = 25
"""A child goes no further: it is to be killed before that, and a slow killer is waited for."""
PATIENCE_S = 120.0


class Acknowledging:
    """A sink after the journal that says what is durable."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.acks = 0

    def publish(self, event: Event) -> None:
        """Sync now and then, and say how far."""
        if event.seq % ACK_EVERY == 0:
            say(f"ack {self.journal.sync()}")
            self.acks += 1
            if self.acks == ACKS_MAX:
                signal.sigtimedwait([], PATIENCE_S)


def say(text: str) -> None:
    """Write one line in one piece."""
    os.write(1, f"{text}\n".encode())


def main(tape: Path) -> None:
    """Serve until the input ends."""
    markets = find_markets(frame.payload for frame in read_tape(tape))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(f"pid {os.getpid()}")
            journal = Journal(Path(line.strip()), 1, flush_bytes=1 << 12)
            replay([read_tape(tape)], markets, EAGER, sinks=(journal, Acknowledging(journal)))
            os._exit(0)
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
