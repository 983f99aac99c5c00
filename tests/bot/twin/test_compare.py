"""A pair is judged when neither side can be filled any more, and followed exactly until then."""

import pytest

from bot.domain import events
from bot.domain.agreement import Agreement
from bot.domain.market import Side
from bot.domain.orders import NewOrder, Order, OrderId, Trigger
from bot.domain.ports import NEVER
from bot.engine import Publisher
from bot.twin.compare import FOLLOW_NS, LATE_NS, Comparison, Pair
from bot.twin.real_orders import RealOrder
from tests.bot.engine.world import MARKET, SHARE, START_NS, YES, Sink

NEW = NewOrder(decision_id=3, token=YES, side=Side.BUY, price=4_800, size=5 * SHARE, level=0)
S = 1_000_000_000


def pair(name: str = "a") -> Pair:
    """An order on both sides, accepted by both."""
    real = Order(OrderId(name), NEW, START_NS)
    paper = Order(OrderId(f"p-{name}"), NEW, START_NS)
    for order in (real, paper):
        order.apply(Trigger.ACCEPT, START_NS)
    return Pair(RealOrder(real, MARKET), paper, MARKET.slug)


@pytest.mark.parametrize(
    ("end", "expected_ns"),
    [
        ([Trigger.REJECT], START_NS + S),
        ([Trigger.CANCEL], START_NS + S),
        ([Trigger.FILL_WHOLE], START_NS + S + FOLLOW_NS),
        ([Trigger.LOSE], NEVER),
        ([Trigger.REQUEST_CANCEL], NEVER),
    ],
)
def test_a_decision_lapses_when_production_can_take_it_back_no_more(
    end: list[Trigger], expected_ns: int
) -> None:
    """At once, or after the prints of the trade that filled it; not while it may still decide."""
    both = pair()
    for trigger in end:
        both.real.apply(trigger, START_NS + S)
    assert expected_ns == both.lapses_ns


def test_what_is_under_way_or_over_on_paper_lapses_no_more() -> None:
    """A cancel that the paper venue refused is asked for again."""
    both = pair()
    both.real.apply(Trigger.REQUEST_CANCEL, START_NS)
    both.paper.apply(Trigger.REQUEST_CANCEL, START_NS)
    both.real.apply(Trigger.CANCEL, START_NS + S)
    assert NEVER == both.lapses_ns
    both.paper.apply(Trigger.REFUSE_CANCEL, START_NS + S)
    assert START_NS + S == both.lapses_ns
    both.paper.apply(Trigger.CANCEL, START_NS + 2 * S)
    assert NEVER == both.lapses_ns


def test_a_pair_is_judged_a_minute_after_the_later_end() -> None:
    """Once, with the sizes of both sides; it is found by production's id until then."""
    sink = Sink()
    comparison = Comparison(Publisher("r", (sink,)))
    both = pair()
    comparison.add(both)
    comparison.refresh()
    assert (NEVER, both) == (comparison.next_due_ns, comparison.get(OrderId("a")))
    both.real.fill(5 * SHARE, START_NS + S)
    both.paper.fill(2 * SHARE, START_NS + 2 * S)
    both.paper.apply(Trigger.CANCEL, START_NS + 3 * S)
    comparison.refresh()
    due_ns = START_NS + 3 * S + LATE_NS
    assert due_ns == comparison.next_due_ns
    assert [] == comparison.judge(due_ns - 1)
    assert [OrderId("a")] == comparison.judge(due_ns)
    assert [] == comparison.judge(due_ns)
    (told,) = sink.of(events.OrderCompared)
    assert (3, 2 * SHARE, 5 * SHARE, Agreement.BOTH) == (
        told.decision_id,
        told.filled_paper,
        told.filled_production,
        told.agreement,
    )
    assert (OrderId("a"), OrderId("p-a")) == (told.order_id, told.paper_order_id)
    assert comparison.get(OrderId("a")) is None


def test_at_the_end_all_are_judged_whose_end_production_knows() -> None:
    """Open on paper or not: nothing more comes. What may still rest in production is left out."""
    sink = Sink()
    comparison = Comparison(Publisher("r", (sink,)))
    for name in ("a", "b", "c"):
        comparison.add(pair(name))
        if name != "b" and (both := comparison.get(OrderId(name))):
            both.real.apply(Trigger.CANCEL, START_NS)
    assert ["a", "c"] == comparison.judge_all(START_NS)
    assert {Agreement.NEITHER} == {each.agreement for each in sink.of(events.OrderCompared)}
