"""Reconciling against plain models: it converges, asks for the least and doubles no order."""

import itertools
from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.units import NS_PER_S, PRICE_SCALE, SIZE_SCALE
from bot.execution.config import ReconcileConfig
from bot.execution.reconcile import (
    Action,
    Cancel,
    OpenOrder,
    Place,
    Target,
    reconcile,
)

S = NS_PER_S
BUY, SELL = Side.BUY, Side.SELL
YES, NO = TokenId("1"), TokenId("2")
NOW_NS = 1_780_000_000 * S
TICK = 100
EXACT = ReconcileConfig(size_tolerance=0.0, min_rest_ns=0)


def target(token: TokenId, side: Side, price: int, shares: int) -> Target:
    """A wanted order with its YES-terms side."""
    return Target(token, side, price, shares * SIZE_SCALE, side if token == YES else side.opposite)


def resting(name: str, wanted: Target, *, age_ns: int = 60 * S, going: bool = False) -> OpenOrder:
    """An open order just like the target."""
    return OpenOrder(
        order_id=OrderId(name),
        token=wanted.token,
        side=wanted.side,
        price=wanted.price,
        size=wanted.size,
        placed_size=wanted.size,
        quote_side=wanted.quote_side,
        quote_price=wanted.price if wanted.token == YES else PRICE_SCALE - wanted.price,
        since_ns=NOW_NS - age_ns,
        is_canceling=going,
    )


def asked(
    targets: Sequence[Target],
    orders: Sequence[OpenOrder],
    config: ReconcileConfig,
    fair_price: float | None,
) -> list[Action]:
    """What is asked for now."""
    return reconcile(targets, orders, config, NOW_NS, tick=TICK, fair_price=fair_price)


wanted_orders = st.lists(
    st.builds(
        target,
        st.sampled_from([YES, NO]),
        st.sampled_from(Side),
        st.integers(44, 50).map(lambda cents: cents * 100),
        st.sampled_from([5, 6]),
    ),
    max_size=4,
    unique_by=lambda wanted: (wanted.token, wanted.side, wanted.price),
)


@st.composite
def open_books(draw: st.DrawFn) -> list[OpenOrder]:
    """Open orders, some with their cancel under way, some young."""
    return [
        resting(
            str(i),
            wanted,
            age_ns=draw(st.integers(0, 10 * S)),
            going=draw(st.booleans()),
        )
        for i, wanted in enumerate(draw(wanted_orders))
    ]


def applied(actions: Sequence[Action], orders: Sequence[OpenOrder], step: int) -> list[OpenOrder]:
    """The open orders once every request has been carried out."""
    gone = {action.order_id for action in actions if isinstance(action, Cancel)}
    left = [order for order in orders if order.order_id not in gone and not order.is_canceling]
    places = [action.target for action in actions if isinstance(action, Place)]
    return left + [resting(f"{step}-{i}", placed) for i, placed in enumerate(places)]


def key(order: Target | OpenOrder) -> tuple[TokenId, Side, int, int]:
    """What makes two orders the same."""
    return order.token, order.side, order.price, order.size


@given(wanted_orders, open_books(), st.booleans())
def test_applying_the_actions_yields_exactly_the_targets(
    targets: list[Target],
    orders: list[OpenOrder],
    beside: bool,  # noqa: FBT001 - drawn
) -> None:
    """Two rounds are enough, and the third asks for nothing.

    Only an order that was placed smaller than it is wanted now may be smaller.
    """
    config = msgspec.structs.replace(EXACT, place_beside_cancel=beside)
    for step in range(2):
        orders = applied(asked(targets, orders, config, None), orders, step)
    reached = sorted(orders, key=key)
    assert sorted(key(wanted)[:3] for wanted in targets) == [key(order)[:3] for order in reached]
    for wanted, order in zip(sorted(targets, key=key), reached, strict=True):
        assert min(wanted.size, order.placed_size) == order.size
    assert [] == asked(targets, orders, config, None)


@given(wanted_orders, open_books(), st.integers(0, 2), st.floats(0, 10_000))
def test_it_settles_whatever_the_tolerance(
    targets: list[Target], orders: list[OpenOrder], ticks: int, fair_price: float
) -> None:
    """With hysteresis, tolerance and a fair price, every target is served after two rounds."""
    config = ReconcileConfig(hysteresis_ticks=ticks, min_rest_ns=0)
    for step in range(2):
        orders = applied(asked(targets, orders, config, fair_price), orders, step)
    assert len(targets) == len(orders)
    assert [] == asked(targets, orders, config, fair_price)


def may_serve(order: OpenOrder, wanted: Target, targets: Sequence[Target], ticks: int) -> bool:
    """The rule for keeping, said once more in plain words."""
    same_place = (order.token, order.side) == (wanted.token, wanted.side)
    spoken_for = {t.price for t in targets if (t.token, t.side) == (wanted.token, wanted.side)}
    near = order.price not in spoken_for and abs(order.price - wanted.price) <= ticks * TICK
    right_size = wanted.size / 2 <= order.size <= wanted.size * 1.5
    return (
        same_place
        and right_size
        and not order.is_canceling
        and (near or order.price == wanted.price)
    )


def most_kept(targets: Sequence[Target], orders: Sequence[OpenOrder], ticks: int) -> int:
    """The largest number of orders that could stay, by trying every assignment."""
    padded = [*orders, *[None] * len(targets)]
    return max(
        sum(
            order is not None and may_serve(order, wanted, targets, ticks)
            for order, wanted in zip(chosen, targets, strict=True)
        )
        for chosen in itertools.permutations(padded, len(targets))
    )


@given(wanted_orders.filter(lambda targets: len(targets) <= 3), open_books(), st.integers(0, 2))
def test_no_fewer_requests_would_do(
    targets: list[Target], orders: list[OpenOrder], ticks: int
) -> None:
    """As many orders stay as could by any choice; each other one is cancelled once."""
    config = ReconcileConfig(hysteresis_ticks=ticks, min_rest_ns=0)
    actions = asked(targets, orders, config, None)
    live = sum(not order.is_canceling for order in orders)
    cancels = [action.order_id for action in actions if isinstance(action, Cancel)]
    places = [action for action in actions if isinstance(action, Place)]
    kept = most_kept(targets, orders, ticks)
    assert live - kept == len(cancels) == len(set(cancels))
    assert len(places) <= len(targets) - kept
    assert actions == [*actions[: len(cancels)], *places]


@given(wanted_orders, open_books(), st.booleans(), st.integers(0, 2))
def test_a_side_never_carries_more_than_was_wanted(
    targets: list[Target],
    orders: list[OpenOrder],
    beside: bool,  # noqa: FBT001 - drawn
    ticks: int,
) -> None:
    """No place doubles a token, side and price, nor fills a side beyond its targets."""
    config = ReconcileConfig(place_beside_cancel=beside, hysteresis_ticks=ticks)
    actions = asked(targets, orders, config, 5_000.0)
    gone = {action.order_id for action in actions if isinstance(action, Cancel)}
    placed = [action.target for action in actions if isinstance(action, Place)]
    places = [key(t)[:3] for t in placed] + [key(o)[:3] for o in orders]
    left = [o for o in orders if not (beside and (o.is_canceling or o.order_id in gone))]
    for order in placed:
        assert 1 == places.count(key(order)[:3])
        side = order.quote_side
        after = [o.quote_side for o in left] + [t.quote_side for t in placed]
        assert after.count(side) <= [t.quote_side for t in targets].count(side)
