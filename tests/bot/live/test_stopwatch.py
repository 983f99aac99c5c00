"""A paper order is timed when it leaves the engine, and the venue behind never notices."""

from bot.domain.market import Side
from bot.domain.orders import NewOrder
from bot.domain.ports import NEVER
from bot.domain.reports import Accepted, Sent
from bot.live.stopwatch import Stopwatch
from tests.bot.engine.world import SHARE, YES, FakeVenue
from tests.bot.venues.polymarket.fake_account import HandClock

NEW = NewOrder(1, YES, Side.BUY, 4_900, 5 * SHARE, 0)


def test_an_order_is_reported_with_the_time_since_its_tick() -> None:
    """Before the venue's own reports, once, and due at the tick."""
    venue, clock = FakeVenue(), HandClock(1_250)
    watch = Stopwatch(venue, clock)
    order_id = watch.prepare(NEW)
    watch.submit(order_id, 1_000)
    assert [order_id] == venue.submitted
    assert 1_000 == watch.next_due_ns
    venue.waiting = [Accepted(order_id)]
    assert [Sent(order_id, 250), Accepted(order_id)] == watch.advance(1_000)
    assert ([], NEVER) == (watch.advance(1_001), watch.next_due_ns)


def test_everything_else_is_the_venues() -> None:
    """Cancels, the time of its reports, whom it wakes, what its feed shows."""
    venue = FakeVenue()
    watch = Stopwatch(venue, HandClock())
    woken: list[int] = []
    watch.when_sooner = lambda: woken.append(1)
    watch.when_sooner()
    venue.when_sooner()
    watch.next_due_ns = 7
    order_id = watch.prepare(NEW)
    watch.cancel(order_id, 1)
    watch.cancel_all(2)
    assert ([1, 1], 7, [order_id], [2]) == (
        woken, watch.next_due_ns, venue.cancels, venue.cancel_alls,
    )  # fmt: skip
    assert watch.shows_own_orders is venue.shows_own_orders
