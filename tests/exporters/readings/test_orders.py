"""Orders and fills as metrics: the inputs of the fill ratio above all."""

import pytest
from prometheus_client import CollectorRegistry

from bot.domain import events
from bot.domain.market import Side
from bot.domain.orders import OrderId
from bot.domain.reports import Evidence, TradeState
from exporters.families import Families
from exporters.readings import orders
from exporters.readings.orders import FillReadings, OrderReadings
from exporters.readings.places import Places
from tests.exporters.samples import MARKET, NO, SLUG, T0, sample

SECOND = 1_000_000_000
BID = {"market": SLUG, "side": "bid", "level": "0"}
SUBMITTED = sample(events.OrderSubmitted, ts_ns=T0)
ACCEPTED = sample(events.OrderAccepted, ts_ns=T0 + SECOND)
PART = sample(events.OrderFilled, ts_ns=T0 + 5 * SECOND, size=4_000_000)
REST = sample(events.OrderFilled, ts_ns=T0 + 9 * SECOND, size=6_000_000)
CANCELED = sample(events.OrderCanceled, ts_ns=T0 + 7 * SECOND)


class World:
    """The readings over a registry of their own."""

    def __init__(self, orders_max: int = orders.ORDERS_MAX) -> None:
        self.registry = CollectorRegistry()
        places = Places([MARKET])
        families = Families(self.registry, [SLUG])
        self._orders = OrderReadings(families, places, orders_max=orders_max)
        self._fills = FillReadings(families, places)

    def see(self, *stream: orders.Event | events.OrderFilled) -> None:
        """Take events in order."""
        for event in stream:
            if isinstance(event, events.OrderFilled):
                self._fills.on_fill(event)
                self._orders.on_fill(event)
            else:
                self._orders.read(event)

    def settle(self, event: events.TradeStateChanged) -> None:
        """Take a step of settlement."""
        self._fills.on_trade_state(event)

    def value(self, name: str, **labels: str) -> float | None:
        """One value."""
        return self.registry.get_sample_value(name, labels)

    def funnel(self) -> tuple[float | None, ...]:
        """Orders submitted, accepted and filled at the bid, level 0; seconds at rest; open now."""
        names = ("orders_submitted", "orders_accepted", "orders_filled", "resting_seconds")
        return (
            *(self.value(f"pmm_{name}_total", **BID) for name in names),
            self.value("pmm_open_orders", market=SLUG),
        )


@pytest.fixture
def world() -> World:
    """Fresh readings."""
    return World()


@pytest.mark.parametrize(
    ("stream", "funnel"),
    [
        ([SUBMITTED], (1, 0, 0, 0, 1)),
        ([SUBMITTED, ACCEPTED], (1, 1, 0, 0, 1)),
        ([SUBMITTED, ACCEPTED, CANCELED], (1, 1, 0, 6, 0)),
        ([SUBMITTED, ACCEPTED, PART], (1, 1, 1, 0, 1)),
        ([SUBMITTED, ACCEPTED, PART, CANCELED], (1, 1, 1, 6, 0)),
        ([SUBMITTED, ACCEPTED, PART, REST], (1, 1, 1, 8, 0)),
        ([SUBMITTED, PART, ACCEPTED, REST], (1, 1, 1, 9, 0)),
        ([SUBMITTED, ACCEPTED, CANCELED, REST], (1, 1, 1, 6, 0)),
        ([SUBMITTED, sample(events.OrderRejected)], (1, 0, 0, 0, 0)),
        ([SUBMITTED, sample(events.OrderLost)], (1, 0, 0, 0, 1)),
        ([SUBMITTED, sample(events.OrderLost), ACCEPTED, CANCELED], (1, 1, 0, 6, 0)),
        ([SUBMITTED, CANCELED], (1, 0, 0, 0, 0)),
        ([ACCEPTED, PART, CANCELED, sample(events.OrderRejected)], (0, 0, 0, 0, 0)),
    ],
    ids=[
        "submitted",
        "resting",
        "canceled",
        "part-filled",
        "canceled after a part",
        "filled whole",
        "filled before the acceptance: it rested from its submission",
        "filled after the cancel",
        "rejected",
        "lost",
        "lost and found",
        "canceled without having rested",
        "an order of another run",
    ],
)
def test_the_life_of_an_order(
    world: World,
    stream: list[orders.Event | events.OrderFilled],
    funnel: tuple[float, ...],
) -> None:
    """An order is accepted once and filled once, and rests until its end."""
    world.see(*stream)
    assert funnel == world.funnel()


def test_an_ask_may_be_a_buy_of_no(world: World) -> None:
    """Sides are in YES terms; the level is that of the order."""
    world.see(
        sample(events.OrderSubmitted, token=NO, side=Side.BUY, level=5),
        sample(events.OrderFilled, token=NO, side=Side.BUY, level=5, evidence=Evidence.THROUGH),
    )
    place = {"market": SLUG, "side": "ask", "level": "3+"}
    assert 1 == world.value("pmm_orders_filled_total", **place)
    assert 1 == world.value("pmm_fills_total", **place, evidence="through")


def test_the_oldest_order_is_forgotten_first() -> None:
    """Memory has a limit; a forgotten order is no longer counted as open."""
    world = World(orders_max=2)
    for name in ("a", "b", "c"):
        world.see(sample(events.OrderSubmitted, order_id=OrderId(name)))
    assert 2 == world.value("pmm_open_orders", market=SLUG)
    world.see(sample(events.OrderAccepted, order_id=OrderId("a")))
    assert 0 == world.value("pmm_orders_accepted_total", **BID)


def test_the_way_of_an_order_is_counted_whole_and_by_stage(world: World) -> None:
    """In seconds; on paper there is only the first stage, and every series is there from start."""
    assert 0 == world.value("pmm_tick_to_order_seconds_count", market=SLUG)
    paper = {"sign_ms": None, "queue_ms": None, "journal_ms": None, "send_ms": None}
    world.see(sample(events.OrderSent), sample(events.OrderSent, **paper))
    assert 2 == world.value("pmm_tick_to_order_seconds_count", market=SLUG)
    assert 0.019 == pytest.approx(world.value("pmm_tick_to_order_seconds_sum", market=SLUG))
    counts = {
        stage: world.value("pmm_tick_to_order_stage_seconds_count", stage=stage)
        for stage in ("decide", "sign", "queue", "journal", "send")
    }
    assert {"decide": 2, "sign": 1, "queue": 1, "journal": 1, "send": 1} == counts
    assert 0.005 == world.value("pmm_tick_to_order_stage_seconds_sum", stage="journal")


def test_answers_and_cancels_have_latencies_by_result(world: World) -> None:
    """In seconds; what was not asked for has none."""
    world.see(
        ACCEPTED,
        sample(events.OrderRejected),
        sample(events.OrderLost),
        CANCELED,
        sample(events.OrderCanceled, latency_ms=None),
        sample(events.CancelRefused, latency_ms=100.0),
        sample(events.CancelRefused, latency_ms=None),
    )
    sums = {
        result: world.value("pmm_order_answer_seconds_sum", result=result)
        for result in ("accepted", "rejected", "lost")
    }
    assert {"accepted": 0.24, "rejected": 0.09, "lost": 10.0} == sums
    assert 1 == world.value("pmm_cancel_answer_seconds_count", result="canceled")
    assert 0.26 == world.value("pmm_cancel_answer_seconds_sum", result="canceled")
    assert 0.1 == world.value("pmm_cancel_answer_seconds_sum", result="refused")
    assert 2 == world.value("pmm_cancels_refused_total", market=SLUG)


def test_denials_tell_control_and_verdict(world: World) -> None:
    """Cut is not stopped; a control that no set names is other."""
    world.see(
        sample(events.OrderDenied),
        sample(events.OrderDenied, allowed_size=1_000_000),
        sample(events.OrderDenied, control="new"),
    )
    values = [
        world.value("pmm_orders_denied_total", market=SLUG, control=control, verdict=verdict)
        for control, verdict in (
            ("capital", "stopped"),
            ("capital", "reduced"),
            ("other", "stopped"),
        )
    ]
    assert [1, 1, 1] == values


def test_cancels_tell_who_asked_and_how_it_ended(world: World) -> None:
    """Our cause and the venue's reason are two things."""
    world.see(
        sample(events.CancelRequested, reason="dangerous"),
        sample(events.CancelRequested, reason="new"),
        CANCELED,
    )
    assert 1 == world.value("pmm_cancels_requested_total", market=SLUG, reason="dangerous")
    assert 1 == world.value("pmm_cancels_requested_total", market=SLUG, reason="other")
    assert 1 == world.value("pmm_orders_canceled_total", market=SLUG, reason="requested")


def test_queues_are_seen_where_they_are_told(world: World) -> None:
    """An acceptance without a position says nothing; a broken trace trains nothing."""
    world.see(
        ACCEPTED,
        sample(events.OrderAccepted, queue_position=None),
        sample(events.QueueTraced),
        sample(events.QueueTraced, is_whole=False),
    )
    assert 1 == world.value("pmm_queue_ahead_shares_count", market=SLUG)
    assert 150.5 == world.value("pmm_queue_ahead_shares_sum", market=SLUG)
    assert 1 == world.value("pmm_queue_traces_total", market=SLUG, whole="yes")
    assert 1 == world.value("pmm_queue_traces_total", market=SLUG, whole="no")


def test_a_fill_counts_shares_dollars_time_and_staleness(world: World) -> None:
    """4 shares at 0.49 after 3 s, while the cancel was under way; then one that was not stale."""
    world.see(PART, sample(events.OrderFilled, after_cancel=False, size=1_000_000))
    bid = {"market": SLUG, "side": "bid"}
    assert 5 == world.value("pmm_filled_shares_total", **bid)
    assert pytest.approx(2.45) == world.value("pmm_filled_usd_total", **bid)
    assert 6 == world.value("pmm_time_to_fill_seconds_sum", market=SLUG)
    assert 1 == world.value("pmm_fills_after_cancel_total", market=SLUG)


def test_settlement_is_timed_when_it_is_final(world: World) -> None:
    """Every state is counted, a final one has a time."""
    world.see(PART)
    for state in (TradeState.MINED, TradeState.CONFIRMED, TradeState.FAILED):
        world.settle(sample(events.TradeStateChanged, state=state, pending_ms=4_000.0))
    states = ("matched", "mined", "confirmed", "retrying", "failed")
    assert [1, 1, 1, 0, 1] == [
        world.value("pmm_trade_states_total", market=SLUG, state=state) for state in states
    ]
    assert 4 == world.value("pmm_settlement_seconds_sum", state="confirmed")
    assert 4 == world.value("pmm_settlement_seconds_sum", state="failed")
