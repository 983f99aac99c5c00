"""Runs the paper bot over recordings on the tape's own time: deterministic, as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import perf_counter

import msgspec

from bot.app import PaperSetup, Session
from bot.domain.market import Market
from bot.domain.messages import FeedGap, MarketMessage
from bot.domain.ports import EventSink
from bot.domain.units import NS_PER_S
from bot.drive import catch_up, drive
from bot.engine import LatchStore
from bot.tally import Tally
from bot.tape import Tape
from bot.venues.polymarket.wire import decode

WIND_DOWN_NS = 60 * NS_PER_S
"""Time after the last message in which cancels and settlements may still come back."""
PROGRESS_EVERY = 4_096
"""Frames between two looks at the progress bar."""

Progress = Callable[[int, int], None]
"""Told of (bytes read, bytes in all) of one tape now and then."""


class Replayed(msgspec.Struct):
    """What a replay did: the sums of its run, and how much input it took how long."""

    tally: Tally
    frames: int
    damaged_lines: int
    tape_s: float
    wall_s: float

    @property
    def level_changes_per_s(self) -> float:
        """Level changes applied a second of wall time, decoding and file reading included."""
        return self.tally.feed["level_changes"] / self.wall_s if self.wall_s else 0.0


class TapeReader:
    """The messages of one tape after the other, with what was counted on the way."""

    def __init__(self, tapes: Sequence[Tape], progress: Progress | None = None) -> None:
        """Read nothing yet."""
        self._tapes = tapes
        self._progress = progress
        self.frames = 0
        self.first_ns = 0

    @property
    def damaged_lines(self) -> int:
        """Lines of the files that were no frames at all."""
        return sum(tape.damaged for tape in self._tapes)

    def __iter__(self) -> Iterator[tuple[int, MarketMessage]]:
        """Yield (local ns, message); times never go back, not even from tape to tape."""
        now_ns = 0
        for number, tape in enumerate(self._tapes):
            if number and now_ns:  # without a frame so far there is no time for it, and no loss
                yield now_ns, FeedGap(f"tape {number + 1} begins")
            for frame in tape:
                self._note(tape)
                if frame.local_ns > now_ns:
                    now_ns = frame.local_ns
                    self.first_ns = self.first_ns or now_ns
                for message in decode(frame.payload):
                    yield now_ns, message

    def _note(self, tape: Tape) -> None:
        self.frames += 1
        if self._progress is not None and self.frames % PROGRESS_EVERY == 0:
            self._progress(tape.position, tape.total)


def replay(
    tapes: Sequence[Tape],
    markets: Sequence[Market],
    setup: PaperSetup,
    *,
    sinks: Sequence[EventSink] = (),
    latch: LatchStore | None = None,
    progress: Progress | None = None,
) -> Replayed:
    """Run one paper bot over `tapes` and return the sums. Equal inputs give equal events."""
    reader = TapeReader(tapes, progress)
    tally = Tally()
    began_s = perf_counter()
    last_ns = run(reader, markets, setup, sinks=(tally, *sinks), latch=latch)
    return Replayed(
        tally=tally,
        frames=reader.frames,
        damaged_lines=reader.damaged_lines,
        tape_s=(last_ns - reader.first_ns) / NS_PER_S,
        wall_s=perf_counter() - began_s,
    )


def run(
    stream: Iterable[tuple[int, MarketMessage]],
    markets: Sequence[Market],
    setup: PaperSetup,
    *,
    sinks: Sequence[EventSink] = (),
    latch: LatchStore | None = None,
) -> int:
    """Run one paper bot over a stream of (local ns, message) and return the last time in it.

    At the end every order is taken off and what is under way comes home; markouts that fall due
    after the tape are not measured, because nobody knows the mids there.
    """
    session = Session(markets, setup, sinks, latch)
    messages = iter(stream)
    first = next(messages, None)
    if first is None:
        return 0
    session.start(first[0])
    session.engine.on_message(first[1], first[0])
    last_ns = max(first[0], drive(session.engine, session.venue, messages))
    session.engine.on_message(FeedGap("end of tape"), last_ns)
    session.engine.stop(last_ns)
    catch_up(session.engine, session.venue, last_ns + WIND_DOWN_NS)
    session.stop("end of tape", last_ns + WIND_DOWN_NS)
    return last_ns
