"""The engine from outside: when it quotes, when it pulls, and that it says everything once."""

import msgspec
import pytest

from bot.domain import events
from bot.domain.book import BookState
from bot.domain.errors import InvariantError
from bot.domain.market import Side, TokenId
from bot.domain.messages import DamagedFrame, FeedGap, MarketResolved, TickSizeChange
from bot.domain.ports import NEVER
from bot.domain.reports import Accepted, Canceled, Lost, Rejected, RejectionReason
from bot.engine import EngineConfig
from bot.engine.core import FORGET_NS
from bot.risk.limits import RiskLimits
from tests.bot.engine.world import ASKS, BIDS, MARKET, NO, SHARE, YES, World

MS_10_MIN = FORGET_NS / 1e6


def reasons(world: World) -> list[str]:
    """Why quoting paused, in order."""
    return [event.reason for event in world.sink.of(events.QuotingPaused)]


def test_nothing_is_quoted_before_the_yes_book_is_valid() -> None:
    """Neither time nor the NO book alone makes the engine quote; the YES book does."""
    world = World()
    world.wait(60_000)
    world.snapshot(NO)
    world.wait(60_000)
    assert [] == world.venue.submitted
    assert ["book_not_valid"] == reasons(world)
    world.snapshot(YES)
    world.wait(1_000)
    assert {(YES, Side.BUY, 4900), (NO, Side.BUY, 4900)} == world.quotes()


def test_a_token_without_a_book_is_never_quoted() -> None:
    """The ask would be a BUY of NO, whose book nobody has seen: only the bid is shown."""
    world = World()
    world.snapshot(YES)
    world.wait(60_000)
    assert {(YES, Side.BUY, 4900)} == world.quotes()


def test_the_ask_is_a_purchase_of_no_without_tokens_and_a_sale_with_them() -> None:
    """First BUY NO at 1 - ask; once YES tokens are settled, SELL YES at the ask itself."""
    world = World()
    world.quote()
    assert (NO, Side.BUY, 4900) in world.quotes()
    bought = world.order(Side.BUY, YES)
    world.fill(bought)
    world.settle(bought)
    world.let_it_work()
    assert (YES, Side.SELL, 5100) in world.quotes()


def test_a_feed_gap_pulls_every_quote_until_fresh_books() -> None:
    """After a gap all orders are cancelled at once; a snapshot of each token brings quotes back."""
    world = World()
    world.quote()
    world.send(FeedGap("lost"))
    assert {"o1", "o2"} == set(world.venue.cancels)
    assert [BookState.INVALID] * 2 == [state.book.state for state in world.tokens.values()]
    world.confirm_cancels()
    world.change(4900, 5 * SHARE, is_bid=True)  # a change heals nothing
    world.wait(60_000)
    assert set() == world.quotes()
    world.open_books()
    world.wait(1_000)
    assert {(YES, Side.BUY, 4900), (NO, Side.BUY, 4900)} == world.quotes()
    assert ["lost"] == [event.reason for event in world.sink.of(events.FeedLost)]


def test_a_gap_of_one_token_leaves_the_other_book() -> None:
    """A gap that names tokens voids those only; one that names strangers voids nothing."""
    world = World()
    world.quote()
    world.send(FeedGap("lost", (NO, TokenId("stranger"))))
    assert BookState.VALID is world.tokens[YES].book.state
    assert BookState.INVALID is world.tokens[NO].book.state


def test_a_new_tick_size_voids_the_book_and_cancels() -> None:
    """Quotes go, the book is INVALID until a snapshot, and the new grid is quoted after it."""
    world = World()
    world.quote()
    world.send(TickSizeChange(world.venue_ns, YES, 10))
    assert {"o1", "o2"} == set(world.venue.cancels)
    assert BookState.INVALID is world.tokens[YES].book.state
    assert [10] == [event.tick for event in world.sink.of(events.TickSizeChanged)]
    world.confirm_cancels()
    world.send(TickSizeChange(world.venue_ns, NO, 10))
    world.snapshot(YES, tick=10)
    world.snapshot(NO, tick=10)
    world.let_it_work()
    assert {(YES, Side.BUY, 4810), (NO, Side.BUY, 4810)} == world.quotes()


def test_a_grid_that_changed_during_a_gap_is_taken_from_the_snapshot() -> None:
    """The message of the change was lost: the market's terms follow the book, and it is told."""
    world = World()
    world.quote()
    world.send(FeedGap("lost"))
    world.snapshot(YES, tick=10)
    world.snapshot(NO, tick=10)
    assert 10 == world.engine.desks[MARKET.slug].market.tick
    assert [(YES, 10)] == [(e.token, e.tick) for e in world.sink.of(events.TickSizeChanged)]
    world.let_it_work()
    assert {(YES, Side.BUY, 4810), (NO, Side.BUY, 4810)} == world.quotes()


def test_a_tick_size_of_a_stranger_changes_nothing() -> None:
    """Another market's grid is not ours."""
    world = World()
    world.quote()
    world.send(TickSizeChange(world.venue_ns, TokenId("stranger"), 10))
    assert [] == world.venue.cancels
    assert [] == world.sink.of(events.TickSizeChanged)


def test_changed_terms_are_taken_and_the_grid_is_the_feeds() -> None:
    """A market that stops accepting is pulled and comes back; a lagging tick changes nothing."""
    world = World()
    world.quote()
    stopped = msgspec.structs.replace(MARKET, accepting_orders=False, tick=10)
    world.engine.on_market(stopped, world.now_ns)
    assert {"o1", "o2"} == set(world.venue.cancels)
    assert 100 == world.engine.desks[MARKET.slug].market.tick
    assert not world.tokens[NO].market.accepting_orders
    world.confirm_cancels()
    world.engine.on_market(MARKET, world.now_ns)
    world.let_it_work()
    assert {(YES, Side.BUY, 4900), (NO, Side.BUY, 4900)} == world.quotes()


def test_what_is_resolved_stays_closed_whatever_a_lagging_catalogue_says() -> None:
    """The feed knew first."""
    world = World()
    world.quote()
    world.send(MarketResolved(world.venue_ns, (YES, NO), YES))
    world.confirm_cancels()
    world.engine.on_market(MARKET, world.now_ns)
    world.let_it_work()
    assert set() == world.quotes()


def test_terms_of_a_stranger_are_a_mistake_of_ours() -> None:
    """Nobody may think that they were taken."""
    world = World()
    with pytest.raises(InvariantError, match="market sun is not traded here"):
        world.engine.on_market(msgspec.structs.replace(MARKET, slug="sun"), world.now_ns)


def test_a_resolved_market_is_never_quoted_again() -> None:
    """Resolution takes the orders off, and no later book brings them back."""
    world = World()
    world.quote()
    world.send(MarketResolved(world.venue_ns, (YES, NO), YES))
    assert {"o1", "o2"} == set(world.venue.cancels)
    world.confirm_cancels()
    world.open_books()
    world.wait(60_000)
    assert set() == world.quotes()
    assert "not_accepting" == reasons(world)[-1]


def test_the_resolution_of_a_stranger_changes_nothing() -> None:
    """Another market's end is not ours."""
    world = World()
    world.quote()
    world.send(MarketResolved(world.venue_ns, (TokenId("stranger"),), TokenId("stranger")))
    assert [] == world.venue.cancels


def test_every_event_leaves_once_with_the_next_number() -> None:
    """Over a whole life of orders the numbers are 1, 2, 3 … without a gap or a repeat."""
    world = World()
    world.quote()
    bought = world.order(Side.BUY, YES)
    world.fill(bought)
    world.settle(bought)
    world.wait(400_000)
    world.send(FeedGap("lost"))
    world.confirm_cancels()
    world.wait(60_000)
    numbers = [event.seq for event in world.sink.events]
    assert list(range(1, len(numbers) + 1)) == numbers
    assert {"run"} == {event.run_id for event in world.sink.events}
    times = [event.ts_ns for event in world.sink.events]
    assert sorted(times) == times


def test_stopping_takes_everything_off_and_quotes_no_more() -> None:
    """`stop` cancels each order and all at once; nothing is placed however long one waits."""
    world = World()
    world.quote()
    world.engine.stop(world.now_ns)
    assert {"o1", "o2"} == set(world.venue.cancels)
    assert 1 == len(world.venue.cancel_alls)
    world.confirm_cancels()
    world.wait(60_000)
    assert [] == world.open_orders
    assert "stopped" == reasons(world)[-1]


def test_counts_are_reported_at_their_interval() -> None:
    """Counts since the last report are published at the interval, damage included."""
    world = World(EngineConfig(report_interval_ms=30_000))
    world.open_books()
    world.send(DamagedFrame("json", "?"))
    world.wait(30_000)
    world.wait(30_000)
    first, second = world.sink.of(events.FeedCounted)
    assert (2, 1) == (first.messages, first.damaged)
    assert (0, 0) == (second.messages, second.damaged)
    assert (None, None) == (second.latency_ms_p50, second.latency_ms_max)


def test_closed_orders_are_forgotten_after_ten_minutes() -> None:
    """A fill may come late, but not for ever: memory does not grow with the number of orders."""
    world = World()
    world.quote()
    order = world.order(Side.BUY, YES)
    world.report(Canceled(order.order_id))
    world.wait(MS_10_MIN - 1_000)
    assert world.engine.accounting.orders.get(order.order_id) is not None
    world.wait(60_000)
    assert world.engine.accounting.orders.get(order.order_id) is None


def test_an_order_whose_trade_is_not_settled_is_not_forgotten() -> None:
    """Settlement may take an hour; without the order its word would be taken for a stranger's."""
    world = World()
    world.quote()
    order = world.order(Side.BUY, YES)
    world.fill(order)
    world.wait(2 * MS_10_MIN)
    world.settle(order)
    assert 5 * SHARE == world.engine.accounting.ledgers["rain"].settled(YES)
    assert 0 == world.engine.accounting.foreign_reports
    world.wait(60_000)
    assert world.engine.accounting.orders.get(order.order_id) is None


def test_three_lost_answers_within_a_minute_trip_the_kill_switch() -> None:
    """Not knowing what rests is a reason to stop: all is cancelled, nothing is placed again."""
    world = World()
    world.open_books()
    world.wait(1_000)
    first, second = world.open_orders
    world.report(Lost(first.order_id), Lost(second.order_id))
    assert [] == world.venue.cancel_alls
    world.report(Lost(first.order_id))
    assert 1 == len(world.venue.cancel_alls)
    assert ["unknown_outcomes"] == [e.reason for e in world.sink.of(events.KillSwitchTripped)]
    submitted = list(world.venue.submitted)
    world.wait(600_000)
    assert submitted == world.venue.submitted


def test_reports_about_foreign_orders_are_counted_and_ignored() -> None:
    """An order id we never made changes nothing; what was ignored is told."""
    world = World()
    world.quote()
    before = len(world.sink.events)
    world.report(Accepted(world.foreign_id), Rejected(world.foreign_id, RejectionReason.OTHER))
    assert 2 == world.engine.accounting.foreign_reports
    told = [type(event) for event in world.sink.events[before:]]
    assert [events.ReportIgnored] * 2 == told


def test_a_message_of_no_kind_is_a_bug() -> None:
    """The engine has a place for every message there is, and refuses anything else."""
    with pytest.raises(AssertionError):
        World().engine.on_message("what", 0)  # type: ignore[arg-type]


def test_due_times_are_never_in_the_past_after_waking() -> None:
    """After `on_time` the next due time is later than now, else the loop would spin."""
    world = World()
    assert NEVER != world.engine.next_due_ns
    world.quote()
    for _ in range(50):
        world.now_ns = world.engine.next_due_ns
        world.engine.on_time(world.now_ns)
        assert world.now_ns < world.engine.next_due_ns


def test_a_market_that_ran_through_the_limit_stops_the_bot_at_the_message() -> None:
    """The loss is seen at the message that brings the price, not at the next timer."""
    config = EngineConfig(risk=msgspec.structs.replace(RiskLimits(), loss_max=1_000_000))
    world = World(config)
    world.quote()
    world.fill(world.order(Side.BUY, YES))
    world.open_books(((2000, 100 * SHARE),), ((2200, 100 * SHARE),))
    (tripped,) = world.sink.of(events.KillSwitchTripped)
    assert (world.now_ns, "loss", 1_400_000) == (tripped.ts_ns, tripped.reason, tripped.loss)
    world.confirm_cancels()
    world.open_books(BIDS, ASKS)
    world.wait(60_000)
    assert set() == world.quotes()
