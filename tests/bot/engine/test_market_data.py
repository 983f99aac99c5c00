"""Market data: what is lost, doubled, crossed or late is counted, and healed or distrusted."""

from collections.abc import Sequence

import msgspec
import pytest

from bot.domain import events
from bot.domain.book import BookState
from bot.domain.market import Side, TokenId
from bot.domain.messages import BookSnapshot, LevelChange, TradePrint
from bot.engine.hash_check import CHECK_EVERY, HEAL_CHANGES
from tests.bot.engine.world import ASKS, BIDS, MARKET, NO, SHARE, YES, World

STRANGER = TokenId("stranger")


class Watcher:
    """A `MarketObserver` that writes down what it is told."""

    def __init__(self) -> None:
        self.levels: list[tuple[TokenId, bool, int, int, int]] = []
        self.prints: list[tuple[TokenId, Side, int, int]] = []
        self.lost: list[tuple[TokenId, ...]] = []

    def on_level(
        self, token: TokenId, *, is_bid: bool, price: int, before: int, after: int, now_ns: int
    ) -> None:
        """Note a level."""
        self.levels.append((token, is_bid, price, before, after))

    def on_print(self, token: TokenId, side: Side, price: int, size: int, now_ns: int) -> None:
        """Note a trade."""
        self.prints.append((token, side, price, size))

    def on_continuity_lost(self, tokens: Sequence[TokenId], now_ns: int) -> None:
        """Note a gap."""
        self.lost.append(tuple(tokens))


def bid(
    token: TokenId, price: int, size: int, best_bid: int | None, best_ask: int | None
) -> LevelChange:
    """A change of a bid level, and the touch that the exchange states after it."""
    return LevelChange(
        token=token,
        is_bid=True,
        price=price,
        size=size,
        best_bid=best_bid,
        best_ask=best_ask,
        hash="",
    )


def touch(world: World, token: TokenId = YES) -> tuple[BookState, int, int]:
    """The engine's view of a book."""
    book = world.tokens[token].book
    return book.state, book.best_bid, book.best_ask


def test_levels_better_than_the_stated_touch_are_pruned() -> None:
    """A lost removal is noticed at the next change and healed without distrust (feed.md 5)."""
    world = World()
    world.open_books()
    world.change(4800, 0, is_bid=True, is_lost=True)
    world.change(5300, 150 * SHARE, is_bid=False)
    assert (BookState.VALID, 4700, 5200) == touch(world)
    counts = world.engine.data.counts
    assert (1, 0) == (counts.pruned_levels, counts.touch_mismatches)


def test_a_touch_worse_than_stated_is_distrusted_until_it_agrees_again() -> None:
    """A lost addition cannot be made up: quotes are pulled; the touch agreeing again heals it."""
    world = World()
    world.quote()
    world.change(4900, 50 * SHARE, is_bid=True, is_lost=True)
    world.change(5300, 150 * SHARE, is_bid=False)
    assert (BookState.STALE, 4800, 5200) == touch(world)
    assert 1 == world.engine.data.counts.touch_mismatches
    assert set() == world.quotes()
    world.change(4900, 0, is_bid=True)
    assert BookState.VALID is touch(world)[0]
    world.confirm_cancels()
    world.wait(1_000)
    assert {(YES, Side.BUY, 4900), (NO, Side.BUY, 4900)} == world.quotes()
    told = [event.state for event in world.sink.of(events.BookStateChanged) if event.token == YES]
    assert [BookState.VALID, BookState.STALE, BookState.VALID] == told


def test_a_snapshot_heals_a_stale_book() -> None:
    """Whatever was lost, a whole book makes it good."""
    world = World()
    world.open_books()
    world.change(4900, 50 * SHARE, is_bid=True, is_lost=True)
    world.change(5300, 150 * SHARE, is_bid=False)
    world.snapshot(YES, ((4900, 50 * SHARE), *BIDS), ASKS)
    assert (BookState.VALID, 4900, 5200) == touch(world)


def test_changes_of_an_invalid_book_are_not_applied() -> None:
    """Before the first snapshot there is nothing a change could apply to."""
    world = World()
    world.change(4900, 50 * SHARE, is_bid=True)
    assert (BookState.INVALID, 0, 10_000) == touch(world)
    assert 0 == world.engine.data.counts.level_changes


def test_unknown_tokens_are_counted_wherever_they_turn_up() -> None:
    """Changes, books and prints of tokens we do not follow are counted and otherwise ignored."""
    watcher = Watcher()
    world = World(observers=(watcher,))
    world.open_books()
    before = len(world.sink.events)
    world.send(world.changes(bid(STRANGER, 4900, SHARE, None, None)))
    world.send(BookSnapshot(world.venue_ns, STRANGER, BIDS, ASKS, None, ""))
    world.print(Side.BUY, 5200, SHARE, token=STRANGER)
    assert 3 == world.engine.data.counts.unknown_tokens
    assert [] == watcher.prints
    assert before == len(world.sink.events)


def test_the_same_message_twice_is_applied_once() -> None:
    """A repeated change or print is counted as a duplicate; observers hear of it once."""
    watcher = Watcher()
    world = World(observers=(watcher,))
    world.quote()
    change = world.changes(bid(YES, 4900, 7 * SHARE, 4900, 5200))
    trade = TradePrint(world.venue_ns, YES, Side.SELL, 4900, 2 * SHARE, "0xaa")
    for message in (change, change, trade, trade):
        world.send(message)
    counts = world.engine.data.counts
    assert (2, 1, 1) == (counts.duplicates, counts.level_changes, counts.prints)
    assert [(YES, True, 4900, 0, 7 * SHARE)] == watcher.levels
    assert [(YES, Side.SELL, 4900, 2 * SHARE)] == watcher.prints


def test_prints_that_differ_only_in_their_transaction_are_two_trades() -> None:
    """Two trades of one size at one price in one millisecond both count."""
    watcher = Watcher()
    world = World(observers=(watcher,))
    world.open_books()
    world.print(Side.SELL, 4800, SHARE, tx="0x1")
    world.print(Side.SELL, 4800, SHARE, tx="0x2")
    assert 2 == len(watcher.prints)


def test_equal_changes_at_different_times_are_both_applied() -> None:
    """Only the same message is a duplicate: a level may be set to the same size again later."""
    world = World()
    world.open_books()
    for size in (50 * SHARE, 0, 50 * SHARE):
        world.wait(1)
        world.change(4900, size, is_bid=True)
    assert (BookState.VALID, 4900, 5200) == touch(world)
    assert 0 == world.engine.data.counts.duplicates


def test_backward_venue_time_is_counted_and_changes_nothing_else() -> None:
    """The exchange's times go back now and then (feed.md 7); messages apply in order of arrival."""
    world = World()
    world.open_books()
    world.venue_lead_ns = -5_000_000
    world.change(4900, 50 * SHARE, is_bid=True)
    assert 1 == world.engine.data.counts.backward_steps
    assert (BookState.VALID, 4900, 5200) == touch(world)


def test_a_clock_ahead_of_ours_gives_no_negative_latency() -> None:
    """The offset between the clocks is estimated and taken off (feed.md 6)."""
    world = World()
    world.venue_lead_ns = 1_230_000_000
    world.open_books()
    world.venue_lead_ns -= 20_000_000
    world.wait(1)
    world.change(4900, 50 * SHARE, is_bid=True)
    world.wait(60_000)
    counted = world.sink.of(events.FeedCounted)[0]
    assert -1_230.0 == counted.clock_offset_ms
    assert 20.0 == counted.latency_ms_max
    assert counted.latency_ms_p50 is not None
    assert counted.latency_ms_p50 >= 0.0


def test_a_crossed_snapshot_is_kept_but_not_trusted() -> None:
    """A matching engine shows no crossed book: the snapshot is STALE and pulls the quotes."""
    world = World()
    world.quote()
    world.snapshot(YES, ((5300, 10 * SHARE),), ASKS)
    assert BookState.STALE is touch(world)[0]
    assert set() == world.quotes()


def test_a_crossed_touch_in_a_change_is_not_trusted() -> None:
    """A stated touch that is crossed leaves the book STALE even when it agrees with ours."""
    world = World()
    world.open_books()
    world.send(world.changes(bid(YES, 5200, SHARE, 5200, 5200)))
    assert BookState.STALE is touch(world)[0]


def test_a_change_that_states_no_touch_is_checked_against_nothing() -> None:
    """Older messages state no touch: the change is applied and the book stays as trusted."""
    world = World()
    world.open_books()
    world.send(world.changes(bid(YES, 4900, SHARE, None, None)))
    assert (BookState.VALID, 4900, 5200) == touch(world)


@pytest.mark.parametrize("price", [4_850, 0])
def test_a_price_off_the_grid_distrusts_the_book(price: int) -> None:
    """The tick size we know is out of date: nothing is applied until a snapshot."""
    world = World()
    world.open_books()
    world.send(world.changes(bid(YES, price, SHARE, 4800, 5200)))
    assert (BookState.STALE, 4800, 5200) == touch(world)
    assert 1 == world.engine.data.counts.touch_mismatches


def test_a_snapshot_off_the_grid_leaves_the_book_invalid() -> None:
    """A book that does not fit the grid is no book."""
    world = World()
    world.quote()
    world.send(BookSnapshot(world.venue_ns, YES, ((4850, SHARE),), ASKS, None, ""))
    assert BookState.INVALID is touch(world)[0]
    assert 1 == world.engine.data.counts.touch_mismatches
    assert set() == world.quotes()


def test_a_snapshot_with_another_tick_brings_its_grid() -> None:
    """The first book of a token says its tick."""
    world = World()
    world.snapshot(YES, ((4805, SHARE),), ((5195, SHARE),), tick=1)
    assert (BookState.VALID, 4805, 5195) == touch(world)


def test_observers_hear_only_of_levels_with_our_orders() -> None:
    """A change elsewhere, or one that changes no size, is not told; snapshots tell differences."""
    watcher = Watcher()
    world = World(observers=(watcher,))
    world.quote()
    world.change(4700, 10 * SHARE, is_bid=True)
    world.change(4900, 0, is_bid=True)
    world.change(4900, 8 * SHARE, is_bid=True)
    world.snapshot(YES, ((4900, 3 * SHARE), *BIDS), ASKS)
    world.snapshot(YES, ((4900, 3 * SHARE), *BIDS), ASKS)
    expected = [(YES, True, 4900, 0, 8 * SHARE), (YES, True, 4900, 8 * SHARE, 3 * SHARE)]
    assert expected == watcher.levels


def test_a_pruned_level_with_our_order_is_told() -> None:
    """A removal found by pruning moves a queue like any other."""
    watcher = Watcher()
    world = World(observers=(watcher,))
    world.quote()
    world.change(4900, 8 * SHARE, is_bid=True)
    world.change(4900, 0, is_bid=True, is_lost=True)
    world.change(5300, SHARE, is_bid=False)
    assert (YES, True, 4900, 8 * SHARE, 0) == watcher.levels[-1]


def test_observers_hear_of_lost_continuity() -> None:
    """A gap and a new tick size are lost continuity of the tokens concerned."""
    watcher = Watcher()
    world = World(observers=(watcher,))
    world.quote()
    world.engine.data.lose([YES], world.now_ns)
    assert [(YES,)] == watcher.lost


def test_a_print_reaches_the_traces_of_both_tokens() -> None:
    """(YES, SELL, 0.49) takes bids on YES and is (NO, BUY, 0.51) to whoever rests on NO."""
    world = World()
    world.quote()
    world.accept()
    world.snapshot(NO, ((4800, SHARE),), ((5100, SHARE),))
    bid, ask = world.order(Side.BUY, YES), world.order(Side.BUY, NO)
    world.print(Side.SELL, 4900, SHARE, tx="0x1")
    world.print(Side.BUY, 5100, SHARE, tx="0x2")
    for order in (bid, ask):
        world.report(world.canceled(order))
    traced = world.sink.of(events.QueueTraced)
    kinds = {event.order_id: [kind for _, kind, _, _ in event.observations] for event in traced}
    assert {bid.order_id: ["p"], ask.order_id: ["p"]} == kinds


def test_a_trace_during_a_gap_is_not_whole() -> None:
    """Such a trace trains nothing."""
    world = World()
    world.quote()
    world.engine.data.lose([YES, NO], world.now_ns)
    world.report(world.canceled(world.order(Side.BUY, YES)))
    (traced,) = world.sink.of(events.QueueTraced)
    assert not traced.is_whole


def test_hashes_are_checked_now_and_then_and_disagreement_is_counted() -> None:
    """Once a last trade is known, every so many changes are compared with the stated hash."""
    world = World()
    world.snapshot(YES, last_trade_price=5_000)
    changes = 2 * (CHECK_EVERY + HEAL_CHANGES)
    for i in range(changes):
        change = bid(YES, 4700, (1 + i) * SHARE, 4800, 5200)
        world.send(world.changes(msgspec.structs.replace(change, hash="0" * 40)))
    counts = world.engine.data.counts
    assert (2, 2) == (counts.hash_checks, counts.hash_mismatches)


def test_a_print_of_a_market_with_one_followed_token_reaches_it() -> None:
    """Whoever follows YES alone still sees its trades."""
    world = World()
    del world.tokens[NO]
    world.snapshot(YES)
    world.print(Side.SELL, 4800, SHARE)
    assert 1 == world.engine.data.counts.prints


def test_an_order_off_the_new_grid_is_told_as_a_level_that_is_gone() -> None:
    """After a coarser grid the level of an old order shows nothing any more."""
    watcher = Watcher()
    world = World(observers=(watcher,), markets=(msgspec.structs.replace(MARKET, tick=10),))
    world.snapshot(YES, ((4810, 7 * SHARE),), ASKS)
    world.snapshot(NO, BIDS, ASKS)
    world.let_it_work(1)
    price = world.order(Side.BUY, YES).new.price
    world.change(price, 9 * SHARE, is_bid=True)
    world.snapshot(YES, BIDS, ASKS, tick=100)
    assert (YES, True, price, 9 * SHARE, 0) == watcher.levels[-1]
