"""Short generated tapes, and a bot that plays them and can be looked into afterwards."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from bot.app import PaperSetup, Session
from bot.domain.calibration import PaperConfig, QueueParameters
from bot.domain.events import Event
from bot.domain.market import TokenId
from bot.domain.ports import EventSink
from bot.domain.reports import Evidence
from bot.drive import drive
from bot.engine import EngineConfig, LatchStore
from bot.execution.config import ReconcileConfig
from bot.replay import TapeReader
from bot.sandbox.market import GeneratedMarketConfig, generate
from bot.sandbox.market.tape import tape_line
from bot.strategy.config import StrategyConfig
from bot.tally import Tally
from bot.tape import read_tape
from bot.tape_markets import find_markets

BUSY = GeneratedMarketConfig(seed=3, duration_s=240, activity=20.0, change_loss_ratio=0.0)
"""Four minutes with the trade of an hour, and nothing lost on the way."""
EAGER = PaperSetup(
    engine=EngineConfig(
        strategy=StrategyConfig(gamma=1e-3, min_spread_bps=1.0),
        reconcile=ReconcileConfig(min_rest_ns=0),
    ),
    paper=PaperConfig(queue=QueueParameters(phi=0.5)),
)
"""Quotes close, so that something is filled in minutes."""
FILL_EVIDENCE = (Evidence.QUEUE, Evidence.THROUGH)


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)


class Played:
    """A bot after its tape: what it holds, what it said, and what was counted."""

    def __init__(self, session: Session, kept: Kept, tally: Tally, reader: TapeReader) -> None:
        self.session = session
        self.events = kept.events
        self.feed = tally.feed
        self.tally = tally
        self.damaged_lines = reader.damaged_lines

    def books(self) -> dict[TokenId, tuple[list[int], list[int]]]:
        """Every book, level by level."""
        return {
            token: (state.book.bids, state.book.asks)
            for token, state in self.session.engine.data._tokens.items()
        }

    def check(self) -> None:
        """Raise unless books, orders and ledgers are consistent."""
        accounting = self.session.engine.accounting
        accounting.orders.check()
        for ledger in accounting.ledgers.values():
            ledger.check()
        for state in self.session.engine.data._tokens.values():
            state.book.check()


@cache
def tape_lines(config: GeneratedMarketConfig = BUSY) -> tuple[bytes, ...]:
    """The lines of a generated tape."""
    return tuple(tape_line(frame, config.slug) for frame in generate(config))


def write_lines(path: Path, lines: Sequence[bytes]) -> Path:
    """Write lines as a tape and return its path."""
    path.write_bytes(b"".join(lines))
    return path


def play(
    path: Path,
    setup: PaperSetup = EAGER,
    *,
    sinks: Sequence[EventSink] = (),
    latch: LatchStore | None = None,
    on_session: Callable[[Session], None] = lambda _: None,
) -> Played:
    """Let one bot trade a tape to its last message; `on_session` sees it before it starts."""
    tape = read_tape(path)
    markets = find_markets(frame.payload for frame in tape)
    kept, tally, reader = Kept(), Tally(), TapeReader([tape])
    session = Session(markets, setup, (kept, tally, *sinks), latch)
    on_session(session)
    stream = iter(reader)
    first_ns, first = next(stream)
    session.start(first_ns)
    session.engine.on_message(first, first_ns)
    last_ns = drive(session.engine, session.venue, stream)
    session.stop("end", last_ns)
    return Played(session, kept, tally, reader)
