"""Journal append, and the extractor's reading of what was appended."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, median_cpu_s, median_s
from bot.app import PaperSetup
from bot.domain.events import Event
from bot.journal import Journal, read_journal
from bot.replay import TapeReader, run
from bot.tape import read_tape
from bot.tape_markets import markets_on
from extractor.log import fold


class _Kept:
    """An event sink that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        """Keep one event."""
        self.events.append(event)


def rows(tape: Path, runs: int) -> list[Row]:
    """Return the rows of the journal and of the extractor: events/s."""
    kept = _Kept()
    markets = markets_on([read_tape(tape)])
    run(TapeReader([read_tape(tape)]), markets, PaperSetup(), sinks=[kept])
    count = len(kept.events)
    with TemporaryDirectory() as directory:
        folders = iter(range(1_000_000))

        def append() -> None:
            journal = Journal(Path(directory) / str(next(folders)), 1, flush_bytes=1 << 20)
            for event in kept.events:
                journal.publish(event)
            journal.close()

        append_s = median_s(append, runs)
        read_s = median_cpu_s(lambda: fold(read_journal(Path(directory) / "0")), runs)
    return [
        Row("journal append", count / append_s, "events/s", "", f"{count:,} events, synced at end"),
        Row("extractor read + fold", count / read_s, "rows/s", ">= 300,000", "journal, CPU time"),
    ]
