"""What is told of an order: its own words, and the market and token it is about."""

from bot.domain import events
from bot.domain.exposure import StaleSpan
from bot.domain.market import Side
from bot.domain.orders import NewOrder, Order, OrderId
from bot.domain.reports import Accepted, CancelReason, Evidence, Filled, Sent, TradeState
from bot.domain.units import NS_PER_S
from bot.engine import Publisher, TokenState
from bot.engine.order_teller import OrderTeller
from tests.bot.engine.world import MARKET, SHARE, START_NS, YES, Sink

ORDER_ID = OrderId("o1")
ORDER = NewOrder(1, YES, Side.BUY, 4_900, 5 * SHARE, 0)
FREE = Filled(ORDER_ID, "t1", YES, Side.BUY, 0, SHARE, Evidence.EXCHANGE, TradeState.MATCHED)


def teller() -> tuple[OrderTeller, Sink]:
    """A teller, and who hears it."""
    sink = Sink()
    return OrderTeller({YES: TokenState(MARKET, YES)}, Publisher("run", (sink,))), sink


def test_an_event_names_the_market_and_the_token_of_its_order() -> None:
    """Every one is stamped alike, and numbered."""
    tell, sink = teller()
    order = Order(ORDER_ID, ORDER, START_NS)
    tell.accepted(order, None, START_NS + NS_PER_S)
    tell.canceled(order, CancelReason.VENUE, START_NS + 2 * NS_PER_S)
    tell.stale(StaleSpan(ORDER_ID, Side.BUY, SHARE, NS_PER_S, 1.0), YES, START_NS + 3 * NS_PER_S)
    places = [(event.seq, event.market, event.token) for event in sink.events]
    assert [(number, MARKET.slug, YES) for number in (1, 2, 3)] == places


def test_what_is_not_known_is_none() -> None:
    """No queue was told, no cancel was asked for, the order was never accepted."""
    tell, sink = teller()
    order = Order(ORDER_ID, ORDER, START_NS)
    tell.accepted(order, None, START_NS)
    tell.canceled(order, CancelReason.VENUE, START_NS)
    (accepted,) = sink.of(events.OrderAccepted)
    (canceled,) = sink.of(events.OrderCanceled)
    assert accepted.queue_position is None
    assert (None, None) == (canceled.latency_ms, canceled.resting_ms)


def test_the_stages_of_an_order_that_left_add_up() -> None:
    """In ms; what a venue has no stage for is None and takes no time."""
    tell, sink = teller()
    order = Order(ORDER_ID, ORDER, START_NS)
    tell.sent(order, Sent(ORDER_ID, 1_000_000, 500_000, 0, 5_000_000, 250_000), START_NS)
    tell.sent(order, Sent(ORDER_ID, 1_000_000), START_NS)
    whole, paper = sink.of(events.OrderSent)
    assert (6.75, 1.0) == (whole.tick_to_order_ms, paper.tick_to_order_ms)
    assert (1.0, 0.5, 0.0, 5.0, 0.25) == (
        whole.decide_ms, whole.sign_ms, whole.queue_ms, whole.journal_ms, whole.send_ms,
    )  # fmt: skip
    assert (1.0, None, None) == (paper.decide_ms, paper.sign_ms, paper.send_ms)


def test_a_fill_for_nothing_has_no_fee_rate() -> None:
    """A price of 0 divides nothing."""
    tell, sink = teller()
    tell.filled(Order(ORDER_ID, ORDER, START_NS), FREE, None, START_NS)
    (filled,) = sink.of(events.OrderFilled)
    assert 0.0 == filled.real_fee_bps


def test_a_foreign_report_is_of_no_market() -> None:
    """Nobody knows of which it would be."""
    tell, sink = teller()
    tell.ignored(Accepted(OrderId("o9")), "foreign", None, START_NS)
    (ignored,) = sink.of(events.ReportIgnored)
    assert (None, None, "Accepted") == (ignored.market, ignored.token, ignored.report)
