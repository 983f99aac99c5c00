"""Whatever a venue and a feed say, in whatever order: the engine lives and its books add up."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.market import Side, TokenId
from bot.domain.messages import (
    BookSnapshot,
    FeedGap,
    LevelChange,
    LevelChanges,
    MarketMessage,
    TickSizeChange,
    TradePrint,
)
from bot.domain.orders import OrderId
from bot.domain.reports import (
    Accepted,
    Canceled,
    CancelReason,
    CancelRefused,
    Evidence,
    Filled,
    Lost,
    Rejected,
    RejectionReason,
    TradeState,
    TradeUpdate,
    VenueReport,
)
from bot.engine import EngineConfig
from bot.engine.tokens import order_key
from bot.risk.limits import RiskLimits
from tests.bot.engine.world import NO, SHARE, YES, FakeVenue, World

STEPS = 120
FOREVER = EngineConfig(risk=RiskLimits(loss_max=10**12, unknown_outcomes_max=1_000))
"""No loss stops the bot; a fill that cannot be booked still does."""
WAITS_MS = (0.1, 5, 100, 1_000, 15_000, 400_000)


def any_levels(rng: random.Random) -> tuple[tuple[int, int], ...]:
    """Levels of one side, in no order, some of size 0."""
    return tuple(
        (rng.randrange(1, 100) * 100, rng.randrange(50) * SHARE) for _ in range(rng.randrange(6))
    )


def any_message(rng: random.Random, now_ns: int) -> MarketMessage:
    """A message in its types and in nothing else to be believed."""
    token = rng.choice([YES, NO, TokenId("9")])
    price, size = rng.randrange(10_001), rng.randrange(50) * SHARE
    best_bid, best_ask = rng.randrange(10_001), rng.randrange(10_001)
    change = LevelChange(token, rng.random() < 0.5, price, size, best_bid, best_ask, "")
    ours = rng.choice([YES, NO])
    tick = rng.choice([None, None, None, 100, 10])
    venue_ns = now_ns + rng.randrange(-(10**9), 10**9)
    messages: list[MarketMessage] = [
        BookSnapshot(venue_ns, ours, any_levels(rng), any_levels(rng), tick, ""),
        LevelChanges(venue_ns, (change, change)),
        LevelChanges(venue_ns, (change,)),
        TradePrint(venue_ns, token, rng.choice(list(Side)), price, size, "0x1"),
        TickSizeChange(venue_ns, ours, rng.choice([100, 10, 1])),
        FeedGap("lost"),
    ]
    return rng.choice(messages)


def any_report(rng: random.Random, world: World) -> VenueReport:
    """News of an order that was made, whether or not it can be so now; fills are possible ones."""
    order_id = rng.choice(list(world.venue.prepared) or [World.foreign_id])
    trade_id = f"t{rng.randrange(12)}"
    reports: list[VenueReport] = [
        Accepted(order_id, rng.choice([None, 0, 10 * SHARE])),
        Rejected(order_id, rng.choice(list(RejectionReason))),
        Lost(order_id),
        Canceled(order_id, rng.choice(list(CancelReason))),
        CancelRefused(order_id),
        TradeUpdate(order_id, trade_id, rng.choice(list(TradeState))),
    ]
    new = world.venue.prepared.get(OrderId(order_id))
    if new is not None:
        size = rng.choice([new.size, SHARE, new.size // 2])
        state = rng.choice([TradeState.MATCHED, TradeState.MINED, TradeState.CONFIRMED])
        matched_ns = rng.choice([None, 0, world.now_ns])
        reports += [
            Filled(
                order_id, trade_id, new.token, new.side, new.price, size, Evidence.EXCHANGE, state,
                matched_ns=matched_ns,
            )
        ] * 3  # fmt: skip
    return rng.choice(reports)


def check(world: World) -> None:
    """Raise unless orders, ledger, books and watched levels are what they must be."""
    accounting = world.engine.accounting
    accounting.orders.check()
    accounting.ledgers["rain"].check()
    for token, state in world.tokens.items():
        state.book.check()
        levels: dict[int, int] = {}
        for order in accounting.orders.open_of(token):
            levels[order_key(order)] = levels.get(order_key(order), 0) + 1
        assert levels == state.watch


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), shows_own_orders=st.booleans())
def test_nothing_said_in_any_order_breaks_the_engine(seed: int, *, shows_own_orders: bool) -> None:
    """No error, sums that equal a replay of the fills, and events in order of time and number."""
    rng, venue = random.Random(seed), FakeVenue()
    venue.shows_own_orders = shows_own_orders
    world = World(FOREVER, venue=venue)
    world.quote()
    for _ in range(STEPS):
        kind = rng.random()
        if kind < 0.3:
            world.wait(rng.choice(WAITS_MS))
        elif kind < 0.4:
            world.open_books()
        elif kind < 0.6:
            world.send(any_message(rng, world.now_ns))
        else:
            world.report(any_report(rng, world))
        check(world)
    stamps = [(event.ts_ns, event.seq) for event in world.sink.events]
    assert sorted(stamps) == stamps
    assert 0 == world.engine.accounting.unbooked_fills
