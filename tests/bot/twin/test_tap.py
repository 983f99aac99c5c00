"""The tap gets every message first; one that raises would take production's orders with it."""

import pytest

from bot.domain import events
from bot.domain.messages import BookSnapshot, FeedGap, MarketMessage
from bot.domain.units import NS_PER_S
from bot.drive import catch_up
from bot.engine import EngineConfig, Publisher, TokenState
from bot.twin.link import TwinLink
from bot.twin.tap import Tap, TappedEngine
from tests.bot.engine.world import ASKS, BIDS, MARKET, START_NS, YES, FakeVenue, Sink

BOOKS = (
    BookSnapshot(1, YES, BIDS, ASKS, 100, "", None),
    BookSnapshot(1, MARKET.no, BIDS, ASKS, 100, "", None),
)


class FixedClock:
    """It is always the start."""

    def now_ns(self) -> int:
        """The start."""
        return START_NS


def opened(tap: Tap, *sinks: Sink | TwinLink) -> FakeVenue:
    """An engine on real books, quoting for a second; its venue."""
    tokens = {token: TokenState(MARKET, token) for token in MARKET.tokens}
    venue = FakeVenue()
    engine = TappedEngine(
        [MARKET], tokens, venue, Publisher("r", sinks), EngineConfig(), latch=None, tap=tap
    )
    engine.start(START_NS)
    for message in BOOKS:
        engine.on_message(message, START_NS)
    catch_up(engine, venue, START_NS + NS_PER_S)
    return venue


def test_the_tap_gets_each_message_before_anything_is_decided_on_it() -> None:
    """With the engine's own time, in its order."""
    told: list[object] = []
    sink = Sink()

    def tap(message: MarketMessage, now_ns: int) -> None:
        told.append((message, now_ns, len(sink.of(events.OrderSubmitted))))

    assert opened(tap, sink).submitted
    assert [(message, START_NS, 0) for message in BOOKS] == told


def test_a_twin_that_raises_at_every_call_changes_nothing() -> None:
    """The link takes it in; a tap without one takes the engine down before its first order."""

    class Broken(TwinLink):
        """A link whose pipe cannot be written to, whatever is passed on."""

        def open_anyhow(self) -> "Broken":
            """Believe to be up, outside any loop: each call finds none."""
            self.is_up = True
            return self

    def unsafe(message: MarketMessage, now_ns: int) -> None:
        raise RuntimeError("the twin is broken")

    said: list[str] = []
    broken = Broken({}, FixedClock(), said.append).open_anyhow()
    right = opened(lambda *_: None, Sink())
    beside = opened(broken.on_message, Sink(), broken)
    assert [right.prepared, right.submitted] == [beside.prepared, beside.submitted]
    assert right.submitted
    assert (1, 1, False) == (broken.failures, len(said), broken.is_up)
    with pytest.raises(RuntimeError, match="the twin is broken"):
        opened(unsafe, Sink())


def test_a_gap_is_tapped_too() -> None:
    """What the runner makes of an overflow comes in the same way."""
    told: list[MarketMessage] = []
    tokens = {token: TokenState(MARKET, token) for token in MARKET.tokens}
    engine = TappedEngine(
        [MARKET], tokens, FakeVenue(), Publisher("r", ()), EngineConfig(), latch=None,
        tap=lambda message, _: told.append(message),
    )  # fmt: skip
    engine.on_message(FeedGap("overflow"), START_NS)
    assert [FeedGap("overflow")] == told
