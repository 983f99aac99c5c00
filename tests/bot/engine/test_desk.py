"""One market's desk: what it learns, when it looks again, and when it pulls its quotes."""

import msgspec
import pytest

from bot.domain import events
from bot.domain.book import BookState
from bot.domain.market import RewardTerms, Side
from bot.domain.messages import FeedGap
from bot.domain.reports import Rejected, RejectionReason
from bot.domain.units import NS_PER_MS, NS_PER_S
from bot.engine import EngineConfig
from bot.execution.config import ReconcileConfig
from bot.strategy.config import StrategyConfig
from tests.bot.engine.world import ASKS, BIDS, MARKET, NO, SHARE, YES, World

RISK_AVERSE = EngineConfig(
    strategy=StrategyConfig(volatility_min=5.0, distance_max=2_000),
    reconcile=ReconcileConfig(min_rest_ns=0),
)
TIGHT = ((4990, 100 * SHARE),), ((5010, 100 * SHARE),)
FINE = msgspec.structs.replace(MARKET, tick=10)


def test_holding_yes_lowers_both_quotes() -> None:
    """A fill skews the quotes against the inventory it made, at the next look."""
    world = World(RISK_AVERSE, markets=(FINE,))
    world.open_books(*TIGHT)
    world.let_it_work(1)
    before = {side: price for _, side, price in world.yes_quotes()}
    world.fill(world.order(Side.BUY, YES))
    world.let_it_work()
    after = {side: price for _, side, price in world.yes_quotes()}
    assert after[Side.BUY] < before[Side.BUY]
    assert after[Side.SELL] <= before[Side.SELL]


def test_the_side_that_would_exceed_the_inventory_is_not_quoted() -> None:
    """At the inventory limit only the reducing side is shown."""
    config = EngineConfig(strategy=StrategyConfig(inventory_max=5 * SHARE))
    world = World(config)
    world.quote()
    world.fill(world.order(Side.BUY, YES))
    world.let_it_work()
    assert {Side.SELL} == {side for _, side, _ in world.yes_quotes()}


def test_a_jump_pulls_the_quotes_at_once_until_it_is_calm() -> None:
    """A mid that runs cancels everything at that message; quotes come back after the calm time."""
    world = World(EngineConfig(strategy=StrategyConfig(gamma=1e-3)))
    world.quote()
    world.open_books(((5800, 100 * SHARE),), ((6200, 100 * SHARE),))
    assert {"o1", "o2"} == set(world.venue.cancels)
    (jump,) = world.sink.of(events.PriceJumped)
    assert (5_000.0, 6_000.0) == (jump.mid_before, jump.mid_after)
    world.confirm_cancels()
    world.wait(9_000)
    assert set() == world.quotes()
    world.let_it_work()
    assert {(YES, Side.BUY, 5900), (NO, Side.BUY, 3900)} == world.quotes()
    paused = [event.reason for event in world.sink.of(events.QuotingPaused)]
    assert ["jump"] == paused
    assert 2 == len(world.sink.of(events.QuotingResumed))


def test_the_jump_guard_follows_a_new_tick_size() -> None:
    """Three ticks are a jump; on a finer grid that is a smaller move."""
    world = World()
    world.quote()
    desk = world.engine.desks["rain"]
    desk.on_market(FINE, world.now_ns)
    world.change(4800, 0, is_bid=True)
    assert [] == world.sink.of(events.PriceJumped)
    world.change(4800, SHARE, is_bid=True)  # half a cent: five ticks of the new grid
    assert 1 == len(world.sink.of(events.PriceJumped))


def test_looks_are_no_closer_than_the_decision_interval() -> None:
    """A touch that flickers makes the desk look at the interval, not at every message."""
    world = World(EngineConfig(reconcile=ReconcileConfig(min_rest_ns=0)))
    world.quote()
    for i in range(40):
        world.wait(10)
        world.change(4900, (i % 2) * 50 * SHARE, is_bid=True)
    decisions = {event.decision_id for event in world.sink.of(events.CancelRequested)}
    assert len(decisions) <= 2


def test_a_quiet_market_is_looked_at_again_at_the_refresh_interval() -> None:
    """Without any message the desk still looks: time alone changes what is right."""
    world = World(EngineConfig(refresh_interval_ms=2_000))
    world.quote()
    desk = world.engine.desks["rain"]
    assert desk.due_ns <= world.now_ns + 2 * NS_PER_S
    before_ns = desk.due_ns
    world.wait(2_000)
    assert desk.due_ns > before_ns


def test_a_no_book_that_is_lost_takes_only_its_own_quote_and_brings_it_back() -> None:
    """Quotes need a trusted book of the token they are on, however settled everything looked."""
    world = World()
    world.quote()
    world.let_it_work()
    world.send(FeedGap("lost", (NO,)))
    world.let_it_work()
    assert {(YES, Side.BUY, 4900)} == world.quotes()
    world.open_books()
    world.let_it_work()
    assert {(YES, Side.BUY, 4900), (NO, Side.BUY, 4900)} == world.quotes()


def test_quotes_are_sampled_at_their_interval() -> None:
    """A sample has the market without us, our quotes, and `None` where a side is empty."""
    world = World(EngineConfig(sample_interval_ms=5_000))
    world.quote()
    world.wait(5_000)
    (sample,) = world.sink.of(events.QuoteSampled)
    assert (4800, 5200, 4900, 5100) == (
        sample.best_bid,
        sample.best_ask,
        sample.our_bid,
        sample.our_ask,
    )
    world.open_books((), ())
    world.let_it_work(5)
    sample = world.sink.of(events.QuoteSampled)[-1]
    assert [None] * 4 == [sample.best_bid, sample.best_ask, sample.our_bid, sample.our_ask]


def test_stale_exposure_runs_from_the_fair_price_leaving_until_the_cancel_is_confirmed() -> None:
    """Size times time at a price that was too good, the wait for the venue's answer included."""
    world = World()
    world.quote()
    world.wait(1_000)
    world.open_books(((4600, 100 * SHARE),), ((4800, 100 * SHARE),))
    began_ns = world.now_ns
    world.wait(2_000)
    world.confirm_cancels()
    (stale,) = world.sink.of(events.StaleQuoteMeasured)
    assert (Side.BUY, (world.now_ns - began_ns) / 1e6) == (stale.side, stale.duration_ms)
    assert pytest.approx(5 * 2.0) == stale.exposure_share_s


def test_stale_exposure_ends_when_the_fair_price_comes_back() -> None:
    """An order that waits for its cancel while the price returns was stale only in between."""
    world = World()
    world.quote()
    world.open_books(((4600, 100 * SHARE),), ((4800, 100 * SHARE),))
    world.wait(500)
    world.open_books()
    world.wait(500)
    (stale,) = world.sink.of(events.StaleQuoteMeasured)
    assert stale.duration_ms <= 1_000.0


def test_costly_fills_widen_the_quotes() -> None:
    """The markout at 30 s is what a fill cost: it is added to the half spread."""
    config = EngineConfig(
        strategy=StrategyConfig(jump_ticks=1_000, distance_max=2_000, gamma=1e-3),
        reconcile=ReconcileConfig(min_rest_ns=0),
    )
    world = World(config, markets=(FINE,))
    world.open_books(*TIGHT)
    world.let_it_work(5)
    spread = world.spread()
    world.fill(world.order(Side.BUY, YES))
    world.open_books(((4590, 100 * SHARE),), ((4610, 100 * SHARE),))
    world.let_it_work(50)
    assert world.spread() > spread


def test_takers_lean_the_fair_price() -> None:
    """Prints of one side move the fair price their way; a print on NO counts mirrored."""
    fair = []
    for side, token, price in ((Side.BUY, YES, 5200), (Side.BUY, NO, 5200)):
        world = World(EngineConfig(sample_interval_ms=1_000))
        world.open_books()
        world.print(side, price, 500 * SHARE, token=token)
        world.wait(1_000)
        fair.append(world.sink.of(events.QuoteSampled)[0].fair_price)
    assert fair[0] is not None
    assert fair[1] is not None
    assert fair[0] > 5_000.0 > fair[1]


def test_rewards_make_an_order_rest_for_them() -> None:
    """Where rewards are paid an order rests long enough for them, also when they begin later."""
    rewards = RewardTerms(size_min=5 * SHARE, spread_max=300, age_min_ns=20 * NS_PER_S)
    rewarded = msgspec.structs.replace(MARKET, rewards=rewards)
    config = EngineConfig(reconcile=ReconcileConfig(min_rest_ns=0), refresh_interval_ms=1_000)
    cancels = []
    for at_start, later in ((MARKET, MARKET), (rewarded, rewarded), (MARKET, rewarded)):
        world = World(config, markets=(at_start,))
        world.quote()
        world.engine.on_market(later, world.now_ns)
        world.wait(1_000)
        world.open_books(((4800, SHARE), (4700, SHARE)), ((5300, 900 * SHARE),))
        world.wait(2_000)
        cancels.append(len(world.venue.cancels))
    assert cancels[0] > cancels[1] == cancels[2]


def test_the_mid_of_a_book_without_trust_is_no_volatility() -> None:
    """A crossed book has a mid that never was; looks at it teach nothing."""
    world = World(EngineConfig(refresh_interval_ms=1_000))
    world.quote()
    for step in range(4):
        world.snapshot(YES, ((9_000 - 1_000 * step, SHARE),), ((4_000, SHARE),))
        world.wait(60_000)
    assert {0.0} == {event.volatility for event in world.sink.of(events.QuoteSampled)}


def test_the_touch_told_is_remembered() -> None:
    """What the desk was told last is what the next change is compared with."""
    world = World()
    world.open_books(BIDS, ASKS)
    state = world.tokens[YES]
    assert (48, 52) == (state.bid_level, state.ask_level)
    world.change(4900, 50 * SHARE, is_bid=True)
    assert (49, 52) == (state.bid_level, state.ask_level)
    assert BookState.VALID is state.told_state


def test_a_venue_that_refuses_is_asked_less_and_less_often() -> None:
    """The wait doubles with each refusal in a row and is forgotten at the first acceptance."""
    world = World()
    world.open_books()
    world.wait(1_000)
    waits_ms = []
    for _ in range(4):
        refused = world.order(Side.BUY, YES)
        world.report(Rejected(refused.order_id, RejectionReason.PAUSED))
        before, began_ns = len(world.venue.submitted), world.now_ns
        while len(world.venue.submitted) == before:
            world.wait(50)
        waits_ms.append((world.now_ns - began_ns) // NS_PER_MS)
    assert [500, 1_000, 2_000, 4_000] == waits_ms
