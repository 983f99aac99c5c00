"""The trading floor: schedule, events and trades."""

from bot.sandbox.market.book import RestingOrder
from bot.sandbox.market.floor import Execution, Floor, LevelSet


class Recorder:
    """An owner that notes what it hears."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.fills: list[tuple[int, int]] = []

    def filled(self, order: RestingOrder, size: int) -> None:
        """Note the fill and what is left."""
        self.fills.append((size, order.size))

    def churned(self, order: RestingOrder, now_ns: int) -> None:
        """Never called here."""


def ask(level: int, size: int, owner: Recorder | None = None) -> RestingOrder:
    """A resting ask."""
    return RestingOrder(is_bid=False, level=level, size=size, owner=owner)


def ask_set(level: int, size: int, best_ask: int, *, on_no: bool = False) -> LevelSet:
    """What the floor tells of an ask level at time 7, with no bids."""
    return LevelSet(
        7, is_bid=False, level=level, size=size, best_bid=0, best_ask=best_ask, on_no=on_no
    )


def test_actions_run_in_time_order_and_ties_in_order_of_asking() -> None:
    """The schedule is a queue by time; the clock is the action's time."""
    floor, seen = Floor(100, 0), list[tuple[str, int]]()
    floor.call_at(20, lambda now_ns: seen.append(("late", now_ns)))
    floor.call_at(10, lambda now_ns: seen.append(("first", now_ns)))
    floor.call_at(10, lambda now_ns: seen.append(("second", now_ns)))
    while floor.next_ns() is not None:
        floor.run_next()
    assert [("first", 10), ("second", 10), ("late", 20)] == seen
    assert 20 == floor.now_ns


def test_quotes_are_told_with_the_touch_after_them() -> None:
    """Placing and cancelling each make one event, and `drain` gives it once."""
    floor, order = Floor(100, 7), ask(60, 5)
    floor.place(order)
    floor.cancel(order)
    assert [ask_set(60, 5, 60), ask_set(60, 0, 100)] == floor.drain()
    assert [] == floor.drain()


def test_a_sweep_is_one_execution_with_a_fill_and_a_change_a_level() -> None:
    """Levels trade best first up to the limit; the rest of the order is dropped."""
    floor, owner = Floor(100, 7), Recorder()
    for level in (60, 61, 63):
        floor.place(ask(level, 5, owner))
    floor.drain()
    assert 10 == floor.take(buys=True, size=12, limit=62, on_no=True)
    assert [
        Execution(
            7,
            taker_buys=True,
            on_no=True,
            fills=((60, 5), (61, 5)),
            changes=(ask_set(60, 0, 61, on_no=True), ask_set(61, 0, 63, on_no=True)),
        )
    ] == floor.drain()
    assert [(5, 0), (5, 0)] == owner.fills


def test_nothing_on_the_other_side_means_no_trade() -> None:
    """A taker who finds no price within its limit changes nothing."""
    floor = Floor(100, 7)
    assert 0 == floor.take(buys=True, size=5, limit=100, on_no=False)
    assert 0 == floor.take(buys=False, size=5, limit=0, on_no=False)
    floor.place(ask(60, 5))
    floor.drain()
    assert 0 == floor.take(buys=True, size=5, limit=59, on_no=False)
    assert [] == floor.drain()


def test_an_ownerless_order_trades_like_any_other() -> None:
    """Far orders of the opening belong to nobody."""
    floor = Floor(100, 7)
    floor.place(RestingOrder(is_bid=True, level=40, size=5))
    assert 3 == floor.take(buys=False, size=3, limit=40, on_no=False)
