"""The twin trades production's decisions, sees the market without them, and judges each order."""

import msgspec
import pytest

from bot.domain import events
from bot.domain.agreement import Agreement
from bot.domain.book import BookState
from bot.domain.errors import InvariantError
from bot.domain.market import Side
from bot.domain.messages import (
    BookSnapshot,
    DamagedFrame,
    FeedGap,
    MarketResolved,
    TickSizeChange,
)
from bot.domain.orders import OrderId
from bot.domain.reports import CancelReason, RejectionReason
from bot.domain.units import NS_PER_MS
from bot.engine.core import FORGET_NS
from bot.twin.core import Twin
from bot.twin.frames import Tick
from tests.bot.engine.world import MARKET, NO, SHARE, START_NS, YES, Sink
from tests.bot.twin.play import EXACT, SETUP, A, Play
from tests.exporters.samples import sample

JUDGED_MS = 61_000


def ahead(play: Play) -> list[float | None]:
    """What stood before each accepted order on paper, in shares."""
    return [each.queue_position for each in play.sink.of(events.OrderAccepted)]


def agreements(play: Play) -> list[Agreement]:
    """What was made of the orders that were judged."""
    return [each.agreement for each in play.sink.of(events.OrderCompared)]


def test_it_says_what_runs() -> None:
    """A run of its own that names production's, with the hash of its calibration."""
    (started,) = Play().sink.of(events.RunStarted)
    assert ("real-twin", "paper-tape", "hash", START_NS) == (
        started.run_id,
        started.venue,
        started.calibration_hash,
        started.ts_ns,
    )


def test_a_decision_is_placed_and_cancelled_at_the_time_of_production() -> None:
    """With its number, price and size; the paper order has an id of its own."""
    play = Play()
    play.wait(1_000)
    play.decide(decision_id=9)
    decided_ns = play.now_ns
    play.wait(1_000)
    play.tell(events.CancelRequested, decision_id=10, reason="replaced")
    asked_ns = play.now_ns
    play.wait(1_000)
    (placed,), (asked,) = play.sink.of(events.OrderSubmitted), play.sink.of(events.CancelRequested)
    assert (decided_ns, 9, YES, 4_800) == (
        placed.ts_ns, placed.decision_id, placed.token, placed.price
    )  # fmt: skip
    assert (asked_ns, 10, placed.order_id) == (asked.ts_ns, asked.decision_id, asked.order_id)
    assert A != placed.order_id
    assert [200.0] == [each.latency_ms for each in play.sink.of(events.OrderAccepted)]
    assert [200.0] == [each.latency_ms for each in play.sink.of(events.OrderCanceled)]


@pytest.mark.parametrize("arrives_ms", [50, 150])
def test_productions_order_is_nobody_elses_queue(arrives_ms: int) -> None:
    """Whether the book shows it before the twin's order arrives there or after."""
    play = Play()
    play.decide()
    play.wait(arrives_ms)
    play.level(4_800, 105)
    play.wait(1_000)
    assert [100.0] == ahead(play)


def test_without_looking_it_would_queue_behind_production() -> None:
    """What the test above holds off: 105 shares ahead instead of 100."""
    play = Play()
    play.level(4_800, 105)  # the same change, of somebody else
    play.decide()
    play.wait(1_000)
    assert [105.0] == ahead(play)


def test_the_trade_that_fills_production_fills_the_twin() -> None:
    """A print against production's order is evidence: the twin's stands in the same place."""
    play = Play()
    play.decide()
    play.wait(50)
    play.level(4_800, 105)
    play.wait(450)
    play.tell(events.OrderAccepted)
    play.level(4_800, 0)
    play.wait(20)
    play.print(105)
    play.tell(events.OrderFilled, size=5 * SHARE, side=Side.BUY, token=YES)
    play.wait(1_000)
    (filled,) = play.sink.of(events.OrderFilled)
    assert (5 * SHARE, 4_800) == (filled.size, filled.price)
    assert [] == agreements(play)
    play.wait(JUDGED_MS)
    assert [Agreement.BOTH] == agreements(play)


def test_it_does_not_fill_where_the_queue_was_not_traded_through() -> None:
    """Production was luckier than the model thinks: only production, and the twin is taken off."""
    play = Play()
    play.decide()
    play.wait(500)
    play.tell(events.OrderFilled, size=5 * SHARE, side=Side.BUY, token=YES)
    play.wait(1_900)
    assert [] == play.sink.of(events.CancelRequested)
    play.wait(200)
    assert ["lapsed"] == [each.reason for each in play.sink.of(events.CancelRequested)]
    play.wait(JUDGED_MS)
    assert [Agreement.ONLY_PRODUCTION] == agreements(play)


def test_an_order_that_production_could_not_place_is_taken_off_at_once() -> None:
    """Nobody will cancel it; if a trade was faster, only paper got it."""
    play = Play()
    play.decide()
    play.wait(300)
    play.tell(events.OrderRejected, rejection_reason=RejectionReason.OTHER)
    play.wait(50)
    play.print(105)
    play.wait(JUDGED_MS + 1_000)
    assert 1 == len(play.sink.of(events.CancelRequested))
    assert [Agreement.ONLY_PAPER] == agreements(play)


def test_an_unknown_outcome_is_followed_until_it_is_known() -> None:
    """Production still decides about the order, and so does the twin follow; nothing is judged."""
    play = Play()
    play.decide()
    play.tell(events.OrderLost)
    play.wait(JUDGED_MS)
    assert ([], []) == (play.sink.of(events.CancelRequested), agreements(play))
    play.tell(events.CancelRequested)
    play.tell(events.OrderCanceled, cancel_reason=CancelReason.REQUESTED)
    play.wait(JUDGED_MS)
    assert [Agreement.NEITHER] == agreements(play)


def test_a_fill_that_is_told_late_counts() -> None:
    """Half a minute after the order's end the exchange's list still shows it."""
    play = Play()
    play.decide()
    play.wait(500)
    play.tell(events.CancelRequested)
    play.tell(events.OrderCanceled, cancel_reason=CancelReason.REQUESTED)
    play.wait(30_000)
    play.tell(events.OrderFilled, size=5 * SHARE, side=Side.BUY, token=YES)
    play.wait(JUDGED_MS)
    (compared,) = play.sink.of(events.OrderCompared)
    assert (0, 5 * SHARE, A) == (
        compared.filled_paper, compared.filled_production, compared.order_id
    )  # fmt: skip


def test_the_account_never_refuses_an_order() -> None:
    """Production may sell what only production holds: each order is judged by itself."""
    play = Play()
    play.decide(5_200, side=Side.SELL)
    play.wait(1_000)
    play.print(500, 5_200, Side.BUY)
    play.wait(5_000)
    play.tell(events.EquityMarked)
    (mark,) = play.sink.of(events.EquityMarked)
    assert ([], -5 * SHARE) == (play.sink.of(events.OrderRejected), mark.yes_settled)
    assert 2_600_000 == mark.cash


def test_it_begins_with_what_production_holds() -> None:
    """At the same price, so that no profit comes of it."""
    setup = msgspec.structs.replace(SETUP, holdings={YES: 10 * SHARE, NO: 0}, mid=5_000)
    play = Play(setup)
    play.tell(events.EquityMarked)
    (mark,) = play.sink.of(events.EquityMarked)
    assert (10 * SHARE, 0, -5_000_000) == (mark.yes_settled, mark.equity, mark.cash)


def test_nothing_is_marked_before_the_first_mid() -> None:
    """A fresh twin has no price to mark at."""
    sink = Sink()
    twin = Twin(SETUP, EXACT, "hash", (sink,))
    twin.take(sample(events.EquityMarked, ts_ns=START_NS), START_NS)
    assert [] == sink.of(events.EquityMarked)


def test_samples_show_the_market_of_production_and_the_quotes_on_paper() -> None:
    """At the same moment; an ask may stand as a bid for NO."""
    play = Play()
    play.decide(4_700)
    play.decide(4_600, order_id=OrderId("b"), token=NO)
    play.decide(4_500, order_id=OrderId("c"))
    play.wait(1_000)
    play.tell(events.CancelRequested, OrderId("c"))
    play.tell(events.QuoteSampled, best_bid=4_800, best_ask=5_200, net_size=7)
    (told,) = play.sink.of(events.QuoteSampled)
    assert (4_800, 5_200, 4_700, 5_400, 0) == (
        told.best_bid, told.best_ask, told.our_bid, told.our_ask, told.net_size
    )  # fmt: skip


def test_the_touch_is_that_of_the_others() -> None:
    """Production's order inside the spread moves no mid; the markouts of both mean the same."""
    play = Play()
    play.decide(4_900)
    play.wait(50)
    play.level(4_900, 5)
    play.wait(500)
    play.tell(events.OrderAccepted)
    play.level(4_900, 0)
    play.wait(20)
    play.print(5, 4_900)
    play.wait(7_000)
    (filled,) = play.sink.of(events.OrderFilled)
    assert 5_000.0 == filled.mid_before
    assert [0.0, 0.0] == [each.cost_cents for each in play.sink.of(events.MarkoutMeasured)]


def test_what_the_feed_lost_is_lost_for_the_twin_too() -> None:
    """Gaps, a new grid, damage: counted, told, and nothing fills meanwhile."""
    play = Play()
    play.decide()
    play.wait(1_000)
    play.send(FeedGap("cut"))
    play.print(500)
    play.send(TickSizeChange(play.now_ns, YES, 10))
    play.send(TickSizeChange(play.now_ns, MARKET.no + "x", 10))  # type: ignore[arg-type]
    play.send(DamagedFrame("json", "{"))
    play.send(MarketResolved(play.now_ns, MARKET.tokens, YES))
    play.send(BookSnapshot(play.now_ns, YES, ((4_790, SHARE),), ((5_210, SHARE),), 10, "", None))
    play.tell(events.FeedCounted)
    (counted,) = play.sink.of(events.FeedCounted)
    states = [each.state for each in play.sink.of(events.BookStateChanged) if each.token == YES]
    assert (1, 1, 1) == (counted.gaps, counted.damaged, counted.prints)
    assert [BookState.VALID, BookState.INVALID, BookState.VALID] == states
    assert [] == play.sink.of(events.OrderFilled)


def test_an_orderly_end_judges_everything_that_is_left() -> None:
    """Production has compared with the exchange's lists: nothing more can come."""
    play = Play()
    play.decide()
    play.decide(4_700, order_id=OrderId("b"))
    play.wait(1_000)
    for order_id in (A, OrderId("b")):
        play.tell(events.OrderCanceled, order_id, cancel_reason=CancelReason.REQUESTED)
    play.tell(events.RunStopped, reason="signal", open_orders=0)
    assert [Agreement.NEITHER, Agreement.NEITHER] == agreements(play)
    (stopped,) = play.sink.of(events.RunStopped)
    assert ("signal", 0, True) == (stopped.reason, stopped.open_orders, play.twin.is_over)
    assert play.twin.last_seq == play.sink.events[-1].seq


def test_another_calibration_is_for_what_enters_from_then_on() -> None:
    """It is told, and the next order has the new latency."""
    play = Play()
    play.decide()
    slow = msgspec.structs.replace(EXACT, rtt=msgspec.structs.replace(EXACT.rtt, median_ms=400))
    play.twin.recalibrate(slow, "new", 5)
    play.decide(4_700, order_id=OrderId("b"))
    play.wait(1_000)
    (loaded,) = play.sink.of(events.CalibrationLoaded)
    assert ("new", 5) == (loaded.calibration_hash, loaded.measured_until_ns)
    assert [200.0, 400.0] == [each.latency_ms for each in play.sink.of(events.OrderAccepted)]


def test_orders_of_an_earlier_run_are_not_its_own() -> None:
    """Production adopts them; their fills and cancels mean nothing here, twice asked is once."""
    play = Play()
    play.tell(events.OrderFilled, OrderId("old"), size=SHARE)
    play.tell(events.CancelRequested, OrderId("old"))
    play.decide()
    play.wait(1_000)
    play.tell(events.CancelRequested)
    play.tell(events.CancelRequested)
    play.wait(1_000)
    play.tell(events.CancelRequested)
    assert 1 == len(play.sink.of(events.CancelRequested))


def test_time_does_not_go_back_and_no_trace_is_told() -> None:
    """A late item happens now; queue traces would show production's orders and train nothing."""
    play = Play()
    play.decide()
    play.wait(1_000)
    late_ns, play.now_ns = play.now_ns, play.now_ns - 500_000_000
    play.tell(events.CancelRequested)
    play.now_ns = late_ns
    play.wait(1_000)
    assert [late_ns] == [each.ts_ns for each in play.sink.of(events.CancelRequested)]
    assert ([], 1) == (play.sink.of(events.QueueTraced), len(play.sink.of(events.OrderCanceled)))


def test_nothing_is_kept_of_orders_long_gone() -> None:
    """Neither watches nor orders, once nothing of them can come any more."""
    play = Play()
    for number in range(40):
        play.decide(order_id=OrderId(f"o{number}"))
        play.wait(1_000)
        play.tell(events.CancelRequested, OrderId(f"o{number}"))
        play.tell(events.OrderCanceled, OrderId(f"o{number}"), cancel_reason=CancelReason.REQUESTED)
        play.wait(1_000)
    play.wait(FORGET_NS / NS_PER_MS)
    assert 40 == len(agreements(play))
    assert ([], 0) == (list(play.twin._real), len(play.twin.accounting.orders))
    assert [{}, {}] == [play.twin._tokens[token].watch for token in MARKET.tokens]


def test_a_second_setup_is_an_error() -> None:
    """One twin, one market, one calibration to begin with."""
    play = Play()
    with pytest.raises(InvariantError, match="set up once"):
        play.twin.take(SETUP, play.now_ns)


def test_a_machine_that_sleeps_leaves_no_ghost_in_the_books() -> None:
    """An order judged before the first tick after its end is looked for no more."""
    play = Play()
    play.decide()
    play.wait(150)
    play.level(4_800, 105)
    play.wait(1_000)
    play.tell(events.OrderAccepted)
    play.tell(events.CancelRequested)
    play.wait(1_000)
    play.tell(events.OrderCanceled)
    play.now_ns += 2 * JUDGED_MS * NS_PER_MS
    play.twin.take(Tick(), play.now_ns)
    assert 1 == len(play.sink.of(events.OrderCompared))
    assert 0 == play.twin._real.size_at((YES, True, 4_800))
    assert {} == play.twin._tokens[YES].watch == play.twin._tokens[NO].watch
