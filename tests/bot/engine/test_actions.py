"""The last steps before the venue: the record first, controls and throttle always."""

from itertools import pairwise

import msgspec

from bot.domain import events
from bot.domain.market import ConditionId, Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.reports import CancelRefused
from bot.engine import EngineConfig
from bot.execution.config import ThrottleConfig
from bot.execution.reconcile import Cancel, CancelCause
from bot.risk.limits import RiskLimits
from bot.strategy.config import StrategyConfig
from tests.bot.engine.world import ASKS, BIDS, MARKET, SHARE, YES, FakeVenue, World

SNOW = msgspec.structs.replace(
    MARKET, condition_id=ConditionId("0xdef"), slug="snow", yes=TokenId("3"), no=TokenId("4")
)


def limited(**limits: int) -> EngineConfig:
    """Settings with some risk limits changed."""
    return EngineConfig(risk=msgspec.structs.replace(RiskLimits(), **limits))


class JealousVenue(FakeVenue):
    """A venue that checks at `submit` that the intent was published already."""

    world: World

    def submit(self, order_id: OrderId, now_ns: int) -> None:
        """The record comes before the request."""
        assert order_id in {e.order_id for e in self.world.sink.of(events.OrderSubmitted)}
        super().submit(order_id, now_ns)


def test_the_intent_is_published_before_the_order_leaves() -> None:
    """Whatever happens after `submit`, the journal knows that it may rest."""
    world = World()
    venue = JealousVenue()
    venue.world = world
    world.engine.actions._venue = venue
    world.open_books()
    world.let_it_work(1)
    assert ["o1", "o2"] == venue.submitted


def test_a_denied_order_does_not_leave_and_is_told_once() -> None:
    """A control's refusal is one event, not one at every look."""
    world = World(limited(price_band=50))
    world.open_books()
    world.let_it_work()
    assert [] == world.venue.submitted
    denied = world.sink.of(events.OrderDenied)
    assert [("price_band", 0)] * 2 == [(event.control, event.allowed_size) for event in denied]


def test_a_reduced_order_leaves_with_what_is_allowed() -> None:
    """The size a control lets through is what is sent and told."""
    config = msgspec.structs.replace(
        limited(order_size_max=6 * SHARE), strategy=StrategyConfig(order_size=8 * SHARE)
    )
    world = World(config)
    world.open_books()
    world.let_it_work(1)
    assert [6 * SHARE] * 2 == [order.new.size for order in world.open_orders]
    denied = world.sink.of(events.OrderDenied)[0]
    assert ("order_size", 8 * SHARE, 6 * SHARE) == (
        denied.control,
        denied.size,
        denied.allowed_size,
    )


def test_several_denials_of_one_decision_are_told_once() -> None:
    """Two levels on one token that take turns must not fill the journal at every look."""
    limits = limited(open_notional_max=1)
    world = World(msgspec.structs.replace(limits, strategy=StrategyConfig(levels=2)))
    world.open_books()
    world.let_it_work()
    assert 4 == len(world.sink.of(events.OrderDenied))


def test_the_second_order_of_a_decision_counts_the_first() -> None:
    """Orders allowed a moment ago count against the limits of the next."""
    world = World(limited(open_orders_max=1))
    world.open_books()
    world.let_it_work()
    assert 1 == len(world.open_orders)
    assert {"open_orders"} == {event.control for event in world.sink.of(events.OrderDenied)}


def test_orders_and_tokens_of_all_markets_count_against_the_account() -> None:
    """Capital is one: what another market holds or rests is not there twice."""
    world = World(limited(capital=6 * SHARE), markets=(MARKET, SNOW))
    world.open_books()
    world.let_it_work(1)
    world.fill(world.order(Side.BUY, YES))  # 2.45 $ in tokens, now worth 2.50
    world.let_it_work()
    world.snapshot(SNOW.yes, BIDS, ASKS)
    world.let_it_work()
    assert [] == [order for order in world.open_orders if order.new.token == SNOW.yes]
    denied = [event for event in world.sink.of(events.OrderDenied) if event.market == "snow"]
    assert {"capital"} == {event.control for event in denied}


def test_the_throttle_lets_cancels_through_and_holds_orders_back() -> None:
    """With a burst of one order a second, the second quote comes a second later."""
    config = EngineConfig(
        throttle=ThrottleConfig(order_rate_per_s=1, order_burst=1), refresh_interval_ms=500
    )
    world = World(config)
    world.open_books()
    world.wait(100)
    assert 1 == len(world.venue.submitted)
    world.wait(2_000)
    assert 2 == len(world.venue.submitted)
    world.engine.stop(world.now_ns)
    assert 2 == len(world.venue.cancels)


def test_a_cancel_is_asked_for_once() -> None:
    """Stopping twice, or pulling what is being pulled, sends nothing new."""
    world = World()
    world.quote()
    world.engine.stop(world.now_ns)
    world.engine.stop(world.now_ns)
    assert ["o1", "o2"] == sorted(world.venue.cancels)
    assert 2 == len(world.sink.of(events.CancelRequested))


class StubbornVenue(FakeVenue):
    """Refuses every cancel, 50 ms after it was asked."""

    def cancel(self, order_id: OrderId, now_ns: int) -> None:
        """Have the refusal ready soon."""
        super().cancel(order_id, now_ns)
        self.waiting.append(CancelRefused(order_id))
        self.next_due_ns = now_ns + 50_000_000


def test_a_cancel_that_is_refused_is_asked_for_less_and_less_often() -> None:
    """After 0.25 s, 0.5 s and so on to 8 s: a venue that answers badly is not flooded."""
    world = World(venue=StubbornVenue())
    world.quote()
    closed = msgspec.structs.replace(MARKET, accepting_orders=False)
    world.engine.on_market(closed, world.now_ns)
    world.wait(30_000)
    asked = [e.ts_ns for e in world.sink.of(events.CancelRequested) if e.order_id == "o1"]
    waits_ms = [(later - earlier) // 1_000_000 for earlier, later in pairwise(asked)]
    assert [300, 550, 1_050, 2_050, 4_050, 8_050, 8_050] == waits_ms
    world.engine.stop(world.now_ns)
    assert 1 == len(world.venue.cancel_alls)


def test_a_cancel_of_a_forgotten_order_sends_nothing() -> None:
    """An order that is gone from memory cannot be cancelled."""
    world = World()
    world.quote()
    actions = world.engine.actions
    cancel = Cancel(OrderId("gone"), CancelCause.PULLED)
    actions.carry_out(world.tokens[YES], [cancel], [], actions.next_intent(None, None), 1)
    assert [] == world.venue.cancels


def test_the_level_counts_better_prices_of_others() -> None:
    """-1 inside the spread, 0 at the touch, then one for each better level on its own token."""
    level = {}
    for min_spread_bps, price in ((10.0, 4900), (800.0, 4800), (1_200.0, 4700)):
        config = EngineConfig(strategy=StrategyConfig(min_spread_bps=min_spread_bps, gamma=1e-3))
        world = World(config)
        world.open_books()
        world.let_it_work(1)
        (submitted, _) = world.sink.of(events.OrderSubmitted)
        level[submitted.price] = submitted.level
        assert price == submitted.price
    assert {4900: -1, 4800: 0, 4700: 1} == level


def test_every_order_carries_the_decision_that_wanted_it() -> None:
    """Orders of one look share its number; the next look has another."""
    world = World()
    world.quote()
    world.report(world.canceled(world.order(Side.BUY, YES)))
    world.let_it_work()
    numbers = [event.decision_id for event in world.sink.of(events.OrderSubmitted)]
    assert numbers[0] == numbers[1] < numbers[2]
