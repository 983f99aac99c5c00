"""The money guard: what it marks, when it trips, and that a trip is kept before anything else."""

import msgspec
import pytest

from bot.domain import events
from bot.domain.market import ConditionId, Side, TokenId
from bot.domain.messages import MarketResolved
from bot.engine import EngineConfig
from bot.risk.kill_switch import Latch
from bot.risk.limits import RiskLimits
from bot.strategy.config import StrategyConfig
from tests.bot.engine.world import ASKS, BIDS, MARKET, NO, SHARE, START_NS, YES, Sink, World

LIMIT = 1_000_000
SMALL = EngineConfig(
    risk=msgspec.structs.replace(RiskLimits(), loss_max=LIMIT),
    strategy=StrategyConfig(jump_ticks=1_000, gamma=1e-3),
)
SNOW = msgspec.structs.replace(
    MARKET, condition_id=ConditionId("0xdef"), slug="snow", yes=TokenId("3"), no=TokenId("4")
)


class Shelf:
    """A `LatchStore` in memory that notes what had been published when it was saved."""

    def __init__(self, latch: Latch | None = None) -> None:
        self.latch = latch
        self.loss = 0
        self.sink: Sink | None = None
        self.tripped_before_save: int | None = None

    def carried_loss(self) -> int:
        """The loss of earlier runs."""
        return self.loss

    def carry(self, loss: int) -> None:
        """Keep the loss."""
        self.loss = loss

    def load(self) -> Latch | None:
        """Return what was saved."""
        return self.latch

    def save(self, latch: Latch) -> None:
        """Keep it."""
        self.latch = latch
        if self.sink is not None:
            self.tripped_before_save = len(self.sink.of(events.KillSwitchTripped))


def long_of_yes(world: World) -> World:
    """Let the bid fill: long 5 YES at 0.49."""
    world.quote()
    world.fill(world.order(Side.BUY, YES))
    return world


def test_the_latch_is_saved_before_the_trip_is_told() -> None:
    """What must survive a crash comes first; then the event, then the cancels."""
    shelf = Shelf()
    world = World(SMALL, latch=shelf)
    shelf.sink = world.sink
    long_of_yes(world).open_books(((2000, SHARE),), ((2200, SHARE),))
    assert 0 == shelf.tripped_before_save
    assert Latch("loss", 1_400_000, world.now_ns) == shelf.latch
    assert 1 == len(world.sink.of(events.KillSwitchTripped))


def test_a_loss_is_not_carried_past_a_trip() -> None:
    """A person arms the switch while the tripped run still ends: what it lost is forgiven."""
    shelf = Shelf()
    world = long_of_yes(World(SMALL, latch=shelf))
    world.open_books(((2000, SHARE),), ((2200, SHARE),))
    assert shelf.latch is not None
    shelf.latch, shelf.loss = None, 0
    world.open_books(((1000, SHARE),), ((1200, SHARE),))
    world.wait(120_000)
    assert 0 == shelf.loss


def test_a_disk_that_refuses_the_latch_stops_no_cancel() -> None:
    """The switch has tripped in memory: all comes off, and the latch is tried again."""

    class Refusing(Shelf):
        """A store on a read-only disk."""

        is_refusing = True

        def save(self, latch: Latch) -> None:
            """Refuse at first."""
            if self.is_refusing:
                raise OSError(30, "Read-only file system")
            super().save(latch)

    shelf = Refusing()
    world = long_of_yes(World(SMALL, latch=shelf))
    world.open_books(((2000, SHARE),), ((2200, SHARE),))
    assert 1 == len(world.sink.of(events.KillSwitchTripped))
    assert 1 == len(world.venue.cancel_alls)
    shelf.is_refusing = False
    world.let_it_work()
    assert Latch("loss", 1_400_000, START_NS + 1_000_000_000) == shelf.latch
    assert 1 == len(world.sink.of(events.KillSwitchTripped))


def test_a_latched_bot_quotes_nothing_from_the_start() -> None:
    """The reason of an earlier run still stands; it is told as the reason of the pause."""
    world = World(latch=Shelf(Latch("loss", LIMIT, 1)))
    world.open_books()
    world.wait(600_000)
    assert [] == world.venue.submitted
    assert ["kill_switch"] == [event.reason for event in world.sink.of(events.QuotingPaused)]
    assert [] == world.sink.of(events.KillSwitchTripped)


def test_a_recovered_price_arms_nothing() -> None:
    """Once tripped it stays so, whatever the market does."""
    world = long_of_yes(World(SMALL))
    world.open_books(((2000, SHARE),), ((2200, SHARE),))
    world.open_books(BIDS, ASKS)
    world.let_it_work()
    assert [] == world.open_orders
    assert 1 == len(world.sink.of(events.KillSwitchTripped))


@pytest.mark.parametrize(
    ("bids", "asks", "is_tripped"),
    [
        (((2000, SHARE),), (), True),  # worth the bid that is left: 0.20 instead of 0.49
        ((), ((2000, SHARE),), True),  # no bid at all: worth nothing
        (((4800, SHARE),), (), False),
    ],
)
def test_a_book_that_lost_one_side_is_marked_at_what_closing_would_bring(
    bids: tuple[tuple[int, int], ...], asks: tuple[tuple[int, int], ...], *, is_tripped: bool
) -> None:
    """A market that ran to one end has no mid, and is no reason to feel safe."""
    world = long_of_yes(World(SMALL))
    world.open_books(bids, asks)
    world.report(world.canceled(world.order(Side.BUY, NO)))
    assert is_tripped == bool(world.sink.of(events.KillSwitchTripped))


def test_a_short_position_is_marked_at_the_ask_that_is_left() -> None:
    """Short of YES without an ask, closing costs a whole dollar."""
    world = World(SMALL)
    world.quote()
    world.fill(world.order(Side.BUY, NO))
    world.open_books(((9500, SHARE),), ())
    world.report(world.canceled(world.order(Side.BUY, YES)))
    (tripped,) = world.sink.of(events.KillSwitchTripped)
    assert 4900 * 5 * SHARE // 10_000 == tripped.loss


def test_a_book_that_is_not_valid_says_nothing_about_the_loss() -> None:
    """A gap keeps the last mark: neither better nor worse is known."""
    world = long_of_yes(World(SMALL))
    world.engine.data.lose([YES, NO], world.now_ns)
    world.confirm_cancels()
    assert [] == world.sink.of(events.KillSwitchTripped)


def test_an_empty_book_says_nothing_about_the_loss() -> None:
    """An exchange that restarts may show one: tokens are not worthless for it, quotes go."""
    world = long_of_yes(World(SMALL))
    world.open_books((), ())
    world.wait(60_000)
    world.confirm_cancels()
    assert [] == world.sink.of(events.KillSwitchTripped)
    assert [] == world.open_orders


def test_a_book_that_lost_one_side_is_marked_without_an_order_to_report() -> None:
    """With nothing of ours on the book the touch alone has to tell that the market ran."""
    world = long_of_yes(World(SMALL))
    world.engine.on_market(msgspec.structs.replace(MARKET, accepting_orders=False), world.now_ns)
    world.confirm_cancels()
    assert [] == world.open_orders
    world.open_books((), ((2000, SHARE),))
    assert 1 == len(world.sink.of(events.KillSwitchTripped))


def test_a_resolved_market_is_worth_its_outcome() -> None:
    """What we hold of the loser is worth nothing, whatever the last mid was; a winner a dollar."""
    world = long_of_yes(World(EngineConfig(report_interval_ms=1_000, risk=SMALL.risk)))
    world.send(MarketResolved(world.venue_ns, (YES, NO), NO))
    (tripped,) = world.sink.of(events.KillSwitchTripped)
    assert 2_450_000 == tripped.loss
    world.wait(1_000)
    assert -2_450_000 == world.sink.of(events.EquityMarked)[-1].equity

    winner = long_of_yes(World(EngineConfig(report_interval_ms=1_000, risk=SMALL.risk)))
    winner.send(MarketResolved(winner.venue_ns, (YES, NO), YES))
    winner.wait(1_000)
    assert 2_550_000 == winner.sink.of(events.EquityMarked)[-1].equity
    assert [] == winner.sink.of(events.KillSwitchTripped)


def test_a_stale_book_says_nothing_about_the_loss() -> None:
    """A crossed snapshot has a mid that nobody would trade at: no report may be marked by it."""
    world = long_of_yes(World(SMALL))
    world.snapshot(YES, ((2200, SHARE),), ((2000, SHARE),))
    world.confirm_cancels()
    assert [] == world.sink.of(events.KillSwitchTripped)


def test_losses_of_all_markets_add_up() -> None:
    """Two markets that each lose less than the limit trip it together."""
    world = World(SMALL, markets=(MARKET, SNOW))
    world.open_books()
    world.snapshot(SNOW.yes, BIDS, ASKS)
    world.snapshot(SNOW.no, BIDS, ASKS)
    world.let_it_work(1)
    for number, token in enumerate((YES, SNOW.yes)):
        world.fill(world.order(Side.BUY, token), trade_id=f"t{number}")
    world.snapshot(YES, ((3300, SHARE),), ((3500, SHARE),))
    assert [] == world.sink.of(events.KillSwitchTripped)
    world.snapshot(SNOW.yes, ((3300, SHARE),), ((3500, SHARE),))
    (tripped,) = world.sink.of(events.KillSwitchTripped)
    assert 1_500_000 == tripped.loss


def test_equity_is_told_with_its_identities_and_drawdown() -> None:
    """Equity = realised + unrealised; the drawdown is from the best mark of the run."""
    world = long_of_yes(World(EngineConfig(report_interval_ms=1_000, strategy=SMALL.strategy)))
    world.wait(1_000)
    world.open_books(((4600, SHARE),), ((4800, SHARE),))
    world.wait(1_000)
    _, first, last = world.sink.of(events.EquityMarked)
    assert (-2_450_000, 50_000, 0) == (first.cash, first.equity, first.drawdown)
    assert (-100_000, 150_000) == (last.equity, last.drawdown)
    assert last.equity == last.realised + last.unrealised
    assert (0, 5 * SHARE, 0, 0) == (
        last.yes_settled,
        last.yes_pending,
        last.no_settled,
        last.no_pending,
    )


def test_no_equity_is_told_before_the_first_mid() -> None:
    """Nothing can be said of a market nobody has seen."""
    world = World(EngineConfig(report_interval_ms=1_000))
    world.wait(3_000)
    assert [] == world.sink.of(events.EquityMarked)


def test_a_bot_that_is_started_again_has_one_limit_not_one_a_run() -> None:
    """What one run lost short of the limit counts in the next; the unsafe version starts at 0."""
    shelf = Shelf()
    fallen = ((3400, SHARE),), ((3600, SHARE),)
    long_of_yes(World(SMALL, latch=shelf)).open_books(*fallen)
    assert (700_000, None) == (shelf.loss, shelf.latch)
    again, unsafe = long_of_yes(World(SMALL, latch=shelf)), long_of_yes(World(SMALL))
    again.open_books(*fallen)
    unsafe.open_books(*fallen)
    assert (True, False) == (again.engine.guard.is_tripped, unsafe.engine.guard.is_tripped)
