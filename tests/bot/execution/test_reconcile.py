"""Reconciling reaches the targets with the fewest requests and then keeps still."""

from collections.abc import Sequence

import msgspec
import pytest

from bot.domain.market import ConditionId, Market, Side, TokenId, in_yes_terms
from bot.domain.orders import NewOrder, Order, OrderId, Trigger
from bot.domain.units import NS_PER_S, SIZE_SCALE
from bot.execution.config import ReconcileConfig
from bot.execution.reconcile import (
    Action,
    Cancel,
    CancelCause,
    OpenOrder,
    Place,
    Target,
    open_order,
    reconcile,
)

SHARE, S = SIZE_SCALE, NS_PER_S
BUY, SELL = Side.BUY, Side.SELL
YES, NO = TokenId("1"), TokenId("2")
NOW_NS = 1_780_000_000 * S
TICK = 100
MARKET = Market(
    condition_id=ConditionId("0x1"),
    slug="rain",
    question="Rain?",
    yes=YES,
    no=NO,
    tick=TICK,
    size_min=5 * SHARE,
)
PLAIN = ReconcileConfig()


def target(token: TokenId, side: Side, price: int, shares: float = 5.0) -> Target:
    """A wanted order with its YES-terms side."""
    quote_side, _ = in_yes_terms(MARKET.outcome(token), side, price)
    return Target(token, side, price, round(shares * SHARE), quote_side)


def resting(name: str, wanted: Target, **changes: object) -> OpenOrder:
    """An order just like the target that has rested for a minute, with changes."""
    _, quote_price = in_yes_terms(MARKET.outcome(wanted.token), wanted.side, wanted.price)
    order = OpenOrder(
        order_id=OrderId(name),
        token=wanted.token,
        side=wanted.side,
        price=wanted.price,
        size=wanted.size,
        placed_size=wanted.size,
        quote_side=wanted.quote_side,
        quote_price=quote_price,
        since_ns=NOW_NS - 60 * S,
        is_canceling=False,
    )
    return msgspec.structs.replace(order, **changes)


def asked(
    targets: Sequence[Target],
    orders: Sequence[OpenOrder],
    config: ReconcileConfig = PLAIN,
    fair_price: float | None = 5_000.0,
) -> list[Action]:
    """What is asked for now."""
    return reconcile(targets, orders, config, NOW_NS, tick=TICK, fair_price=fair_price)


BID, ASK = target(YES, BUY, 4_900), target(NO, BUY, 4_900)
LOWER = target(YES, BUY, 4_800)


def test_from_nothing_everything_is_placed() -> None:
    """Two targets, two places."""
    assert [Place(BID), Place(ASK)] == asked([BID, ASK], [])


def test_what_is_as_wanted_is_left_alone() -> None:
    """No request, also while an order is young."""
    orders = [resting("a", ASK, since_ns=NOW_NS), resting("b", BID)]
    assert [] == asked([BID, ASK], orders)


def test_without_targets_everything_goes_at_once() -> None:
    """Pulling does not wait for the minimum rest."""
    orders = [resting("a", BID, since_ns=NOW_NS), resting("b", ASK)]
    expected = [Cancel(OrderId(name), CancelCause.PULLED) for name in "ab"]
    assert expected == asked([], orders)


def test_a_replacement_is_cancelled_first_and_placed_after_the_proof() -> None:
    """Cancel, then nothing while the cancel is under way, then the place."""
    order = resting("a", LOWER)
    canceling = msgspec.structs.replace(order, is_canceling=True)
    assert [Cancel(OrderId("a"), CancelCause.REPLACED)] == asked([BID], [order])
    assert [] == asked([BID], [canceling])
    assert [Place(BID)] == asked([BID], [])


def test_a_replacement_may_be_placed_beside_the_cancel_when_limits_carry_both() -> None:
    """Both requests in one go, cancel first; and beside a cancel already under way."""
    config = ReconcileConfig(place_beside_cancel=True)
    order = resting("a", LOWER)
    expected = [Cancel(OrderId("a"), CancelCause.REPLACED), Place(BID)]
    assert expected == asked([BID], [order], config)
    canceling = msgspec.structs.replace(order, is_canceling=True)
    assert [Place(BID)] == asked([BID], [canceling], config)


def test_the_same_price_is_never_placed_beside_its_own_cancel() -> None:
    """Two orders of one token, side and price could not be told apart in a queue."""
    config = ReconcileConfig(place_beside_cancel=True)
    assert [] == asked([BID], [resting("a", BID, is_canceling=True)], config)


def test_the_other_side_does_not_wait() -> None:
    """A cancel of a bid holds up bids only."""
    assert [Place(ASK)] == asked([BID, ASK], [resting("a", LOWER, is_canceling=True)])


def test_selling_waits_for_the_cancel_of_the_same_quote_on_the_other_token() -> None:
    """An ask shown as BUY NO is replaced by SELL YES in two steps: both are the ask."""
    selling = target(YES, SELL, 5_100)
    order = resting("a", ASK)
    assert [Cancel(OrderId("a"), CancelCause.REPLACED)] == asked([selling], [order])
    canceling = msgspec.structs.replace(order, is_canceling=True)
    assert [] == asked([selling], [canceling])


def test_a_young_order_rests_before_it_is_replaced() -> None:
    """A second by default; until then its replacement waits too."""
    young = resting("a", LOWER, since_ns=NOW_NS - 999_999_999)
    old = resting("a", LOWER, since_ns=NOW_NS - 1_000_000_000)
    assert [] == asked([BID], [young])
    assert [Cancel(OrderId("a"), CancelCause.REPLACED)] == asked([BID], [old])


@pytest.mark.parametrize(
    ("order_like", "fair_price", "wanted"),
    [(BID, 4_899.0, LOWER), (ASK, 5_101.0, target(NO, BUY, 4_800))],
)
def test_a_dangerous_order_goes_at_once(
    order_like: Target, fair_price: float, wanted: Target
) -> None:
    """An order that the fair price has passed does not rest, on either side or token."""
    order = resting("a", order_like, since_ns=NOW_NS)
    expected = [Cancel(OrderId("a"), CancelCause.DANGEROUS)]
    assert expected == asked([wanted], [order], PLAIN, fair_price)
    assert [] == asked([wanted], [order], PLAIN, None)


def test_a_surplus_order_goes_at_once() -> None:
    """A second bid beside a served target is more than was wanted."""
    orders = [resting("a", BID), resting("b", LOWER, since_ns=NOW_NS)]
    assert [Cancel(OrderId("b"), CancelCause.PULLED)] == asked([BID], orders)


def test_the_best_target_is_placed_first_when_a_slot_is_free() -> None:
    """Two levels wanted, one slot blocked by a cancel: the better price goes out."""
    orders = [resting("a", target(YES, BUY, 4_500), is_canceling=True)]
    assert [Place(BID)] == asked([BID, LOWER], orders)


@pytest.mark.parametrize(
    ("open_shares", "placed_shares", "is_kept"),
    [
        (2.5, 5.0, True),  # half of it filled
        (2.49, 5.0, False),  # more than half filled
        (1.0, 1.5, True),  # cut by the limits, and a third filled
        (7.5, 7.5, True),
        (7.51, 7.51, False),  # too much is open
    ],
)
def test_size_has_a_tolerance(open_shares: float, placed_shares: float, is_kept: bool) -> None:  # noqa: FBT001 - a case table
    """Half by default: of what was placed when that was less than wanted."""
    order = resting(
        "a", BID, size=round(open_shares * SHARE), placed_size=round(placed_shares * SHARE)
    )
    assert is_kept == (asked([BID], [order]) == [])


def test_hysteresis_keeps_a_near_order() -> None:
    """With one tick allowed an order a tick away stays, two ticks away not."""
    config = ReconcileConfig(hysteresis_ticks=1)
    assert [] == asked([BID], [resting("a", LOWER)], config)
    far = resting("a", target(YES, BUY, 4_700))
    assert [Cancel(OrderId("a"), CancelCause.REPLACED)] == asked([BID], [far], config)


def test_hysteresis_does_not_keep_a_dangerous_order() -> None:
    """Near the target is not good enough beyond the fair price."""
    config = ReconcileConfig(hysteresis_ticks=1)
    expected = [Cancel(OrderId("a"), CancelCause.DANGEROUS)]
    assert expected == asked([LOWER], [resting("a", BID)], config, 4_850.0)


def test_an_order_at_the_price_of_a_target_serves_only_that() -> None:
    """Otherwise a second order would be wanted at its price."""
    config = ReconcileConfig(hysteresis_ticks=1)
    assert [Place(BID)] == asked([BID, LOWER], [resting("a", LOWER)], config)


def test_near_orders_are_shared_out_so_that_most_stay() -> None:
    """The first target gives its order up for another when the second has no choice."""
    config = ReconcileConfig(hysteresis_ticks=2)
    targets = [target(YES, BUY, 4_500), target(YES, BUY, 4_300)]
    orders = [resting("a", target(YES, BUY, 4_400)), resting("b", target(YES, BUY, 4_700))]
    assert [] == asked(targets, orders, config)


def test_one_near_order_serves_one_target() -> None:
    """Two targets a tick from the same order: one keeps it, the other is placed."""
    config = ReconcileConfig(hysteresis_ticks=1)
    targets = [target(YES, BUY, 4_500), target(YES, BUY, 4_300)]
    orders = [resting("a", target(YES, BUY, 4_400))]
    assert [Place(targets[1])] == asked(targets, orders, config)


def test_an_order_of_ours_is_seen_in_yes_terms() -> None:
    """A half-filled bid on NO, before and after its acceptance and with its cancel under way."""
    order = Order(OrderId("a"), NewOrder(1, NO, BUY, 4_700, 6 * SHARE, 0), NOW_NS)
    assert NOW_NS == open_order(order, MARKET).since_ns
    order.apply(Trigger.ACCEPT, NOW_NS + 1)
    order.fill(2 * SHARE, NOW_NS + 2)
    order.apply(Trigger.REQUEST_CANCEL, NOW_NS + 3)
    expected = OpenOrder(
        order_id=OrderId("a"),
        token=NO,
        side=BUY,
        price=4_700,
        size=4 * SHARE,
        placed_size=6 * SHARE,
        quote_side=SELL,
        quote_price=5_300,
        since_ns=NOW_NS + 1,
        is_canceling=True,
    )
    assert expected == open_order(order, MARKET)
