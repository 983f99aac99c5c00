"""The queue trace: what happened at one order's price, and whether anything was missed."""

import pytest

from bot.domain.events import QueueTraced
from bot.domain.market import Side, TokenId
from bot.domain.orders import NewOrder, Order, OrderId
from bot.domain.queue_trace import OBSERVATIONS_MAX, QueueTrace
from bot.domain.units import NS_PER_MS

SHARE = 1_000_000
ACCEPTED_NS = 1_000 * NS_PER_MS


def trace_of(side: Side = Side.BUY, filled: int = 0) -> QueueTrace:
    """The trace of an order of 5 shares at 0.50 with 100 shares ahead."""
    new = NewOrder(1, TokenId("111"), side, price=5_000, size=5 * SHARE, level=0)
    order = Order(OrderId("o1"), new, submitted_ns=0)
    order.filled = filled
    return QueueTrace(order, queue_ahead=100 * SHARE, accepted_ns=ACCEPTED_NS)


def at(ms: int) -> int:
    """A time after acceptance."""
    return ACCEPTED_NS + ms * NS_PER_MS


def test_levels_and_prints_are_noted_in_order() -> None:
    """Growth, shrinking, a print at our price and one through it, each with the size shown."""
    trace = trace_of()
    trace.on_level(100 * SHARE, 130 * SHARE, at(1))
    trace.on_level(130 * SHARE, 120 * SHARE, at(2))
    trace.on_level(120 * SHARE, 120 * SHARE, at(3))
    trace.on_print(5_000, 10 * SHARE, at(4))
    trace.on_print(4_900, 7 * SHARE, at(5))
    assert (
        (1.0, "a", 30.0, 100.0),
        (2.0, "d", 10.0, 130.0),
        (4.0, "p", 10.0, 120.0),
        (5.0, "t", 7.0, 120.0),
    ) == trace.finish(at(6))["observations"]


@pytest.mark.parametrize(
    ("side", "price", "kinds"),
    [
        (Side.BUY, 5_100, []),
        (Side.BUY, 5_000, ["p"]),
        (Side.BUY, 4_900, ["t"]),
        (Side.SELL, 4_900, []),
        (Side.SELL, 5_000, ["p"]),
        (Side.SELL, 5_100, ["t"]),
    ],
)
def test_a_print_counts_when_it_reaches_the_order(side: Side, price: int, kinds: list[str]) -> None:
    """Through a bid is below it, through an ask above it; better than ours is no observation."""
    trace = trace_of(side)
    trace.on_print(price, SHARE, at(1))
    assert kinds == [kind for _, kind, _, _ in trace.finish(at(2))["observations"]]


def test_the_fields_make_the_event() -> None:
    """The result fills a QueueTraced event in shares and milliseconds."""
    fields = trace_of(filled=2 * SHARE).finish(at(250))
    event = QueueTraced(seq=1, ts_ns=at(250), run_id="r", **fields)
    assert ("o1", Side.BUY, 5_000) == (event.order_id, event.side, event.price)
    assert (5 * SHARE, 2 * SHARE) == (event.size, event.filled)
    assert (100.0, 250.0, True, ()) == (
        event.queue_position,
        event.resting_ms,
        event.is_whole,
        event.observations,
    )


def test_a_gap_makes_the_trace_partial() -> None:
    """What was seen before the gap stays; nothing after it is noted."""
    trace = trace_of()
    trace.on_print(5_000, SHARE, at(1))
    trace.on_gap()
    trace.on_print(5_000, SHARE, at(2))
    fields = trace.finish(at(3))
    assert (False, ((1.0, "p", 1.0, 100.0),)) == (fields["is_whole"], fields["observations"])


@pytest.mark.parametrize("excess", [0, 1])
def test_a_trace_has_a_length_limit(excess: int) -> None:
    """At the limit it is whole; one more makes it partial and is not kept."""
    trace = trace_of()
    for number in range(OBSERVATIONS_MAX + excess):
        trace.on_print(5_000, SHARE, at(number))
    fields = trace.finish(at(0))
    assert (OBSERVATIONS_MAX, not excess) == (len(fields["observations"]), fields["is_whole"])
