"""A journal to ship, a store that answers to order, and a shipper between them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import msgspec

from bot.domain.events import Event
from exporters.shipper import Shipper
from exporters.shipper.answer import Answer, Outcome
from exporters.shipper.backoff import Backoff
from exporters.shipper.state import ShipperState
from tests.exporters.samples import SAMPLES, T0
from tests.extractor.conftest import write_journal

WRITTEN = Answer(Outcome.WRITTEN)


class FakeStore:
    """Keeps the lines it takes; `judge` answers each write."""

    def __init__(self) -> None:
        """Take everything."""
        self.judge: Callable[[Sequence[str]], Answer] = lambda lines: WRITTEN
        self.lines: list[str] = []
        self.sizes: list[int] = []

    def write(self, lines: Sequence[str]) -> Answer:
        """Answer, and keep the lines when they were written."""
        self.sizes.append(len(lines))
        answer = self.judge(lines)
        if answer.outcome is Outcome.WRITTEN:
            self.lines += lines
        return answer


class FixedClock:
    """A clock that stands."""

    def __init__(self, now_ns: int) -> None:
        """Take the time."""
        self.time_ns = now_ns

    def now_ns(self) -> int:
        """The time."""
        return self.time_ns


def events(count: int, first: int = 1) -> list[Event]:
    """Events of every type in turn, a millisecond apart."""
    return [
        msgspec.structs.replace(
            SAMPLES[seq % len(SAMPLES)], seq=seq, ts_ns=T0 + seq * 1_000_000, run_id="run-1"
        )
        for seq in range(first, first + count)
    ]


class World:
    """A directory with a journal, and whatever ships it."""

    def __init__(self, directory: Path) -> None:
        """Make the parts; the journal is empty."""
        self.journal = directory / "journal"
        self.journal.mkdir()
        self.state_dir = directory / "state"
        self.store = FakeStore()
        self.clock = FixedClock(T0 + 10**12)
        self.said: list[str] = []
        self.open()

    def open(self, **limits: int) -> None:
        """Start the shipper anew, from what its state says."""
        self.state = ShipperState(self.state_dir, **limits)
        self.shipper = Shipper(
            self.journal,
            self.state,
            self.store,
            clock=self.clock,
            backoff=Backoff(Random(1)),
            tags={"env": "demo"},
            say=self.said.append,
        )

    def restart(self, **limits: int) -> None:
        """What a crash and a new process do."""
        self.state.close()
        self.open(**limits)

    def write(self, count: int) -> Path:
        """Put so many events into the journal."""
        return write_journal(self.journal, events(count))

    @property
    def seqs(self) -> list[int]:
        """The numbers of the events in the store."""
        return [int(line.split(" seq=")[1].split(".")[0]) for line in self.store.lines]
