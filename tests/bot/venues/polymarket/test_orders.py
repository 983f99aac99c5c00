"""News of our orders is worth one report each, however often and from wherever it comes."""

import pytest

from bot.domain.errors import InvariantError
from bot.domain.orders import OrderId
from bot.domain.reports import (
    Accepted,
    Canceled,
    CancelReason,
    CancelRefused,
    Lost,
    Rejected,
    RejectionReason,
)
from bot.venues.polymarket.orders import OwnOrder, OwnOrders, Stage, lost
from bot.venues.polymarket.outcomes import Refused, Taken, Unproven
from bot.venues.polymarket.user_wire import OrderNews, OrderState
from tests.bot.venues.polymarket.own_account import MARKET, NO, new_order, order_id, resting

ID = order_id(0xAB)


def sent() -> tuple[OwnOrders, OwnOrder]:
    """One order under way."""
    orders = OwnOrders()
    order = orders.prepare(ID, new_order(), MARKET, 0)
    order.stage = Stage.SENT
    return orders, order


def news(state: OrderState, reason: CancelReason | None = None) -> OrderNews:
    """How the exchange says our order stands."""
    return OrderNews(ID, state, None, reason)


def test_an_order_is_accepted_once() -> None:
    """The answer and the user channel race; whichever is second says nothing new."""
    orders, order = sent()
    order.queue_ahead = 7
    assert [Accepted(ID, 7)] == orders.on_news(news(OrderState.LIVE), 1)
    assert [] == orders.on_post_answer(Taken(ID), 2)
    assert [] == orders.on_news(news(OrderState.MATCHED), 3)


def test_a_refusal_ends_an_order() -> None:
    """The reason and the text come through."""
    orders, order = sent()
    answer = Refused(ID, RejectionReason.BALANCE, "not enough")
    assert [Rejected(ID, RejectionReason.BALANCE, "not enough")] == orders.on_post_answer(answer, 1)
    assert Stage.ENDED is order.stage
    assert [] == orders.on_post_answer(answer, 2)


def test_a_refusal_of_an_order_seen_resting_is_not_believed() -> None:
    """The user channel proved that it rests."""
    orders, order = sent()
    orders.on_news(news(OrderState.LIVE), 1)
    assert [] == orders.on_post_answer(Refused(ID, RejectionReason.OTHER), 2)
    assert Stage.RESTING is order.stage


def test_an_unproven_answer_loses_the_order_until_it_is_seen() -> None:
    """Lost once, and accepted when a query finds it."""
    orders, order = sent()
    assert [Lost(ID, "time-out")] == orders.on_post_answer(Unproven(ID, "time-out"), 1)
    assert [] == orders.on_post_answer(Unproven(ID, "time-out"), 2)
    assert [order] == list(orders.alive())
    assert [Accepted(ID, None)] == orders.on_news(news(OrderState.LIVE), 3)
    assert Stage.RESTING is order.stage


def test_an_order_lost_while_it_rested_is_accepted_again() -> None:
    """A cancel without an answer puts the order in doubt; seeing it live settles the doubt."""
    orders = OwnOrders()
    assert [Lost(ID, "cut")] == lost(resting(orders), "cut", 1)
    assert [Accepted(ID, None)] == orders.on_news(news(OrderState.LIVE), 2)


def test_an_answer_lost_after_the_channel_told_is_no_loss() -> None:
    """We know already that it rests: nothing has to be asked."""
    orders, order = sent()
    orders.on_news(news(OrderState.LIVE), 1)
    assert [] == orders.on_post_answer(Unproven(ID, "cut"), 2)
    assert Stage.RESTING is order.stage


def test_a_cancel_is_told_once() -> None:
    """By the answer or by the channel, not by both."""
    orders = OwnOrders()
    resting(orders)
    assert [Canceled(ID)] == orders.on_canceled(ID, 1)
    assert [] == orders.on_news(news(OrderState.CANCELED), 2)


@pytest.mark.parametrize(
    ("is_asked", "stated", "expected"),
    [
        (True, None, CancelReason.REQUESTED),
        (False, None, CancelReason.HEARTBEAT),
        (True, CancelReason.EXPIRED, CancelReason.EXPIRED),
        (False, CancelReason.MARKET_CLOSED, CancelReason.MARKET_CLOSED),
    ],
)
def test_the_reason_of_a_cancel_is_the_best_known(
    *, is_asked: bool, stated: CancelReason | None, expected: CancelReason
) -> None:
    """What the exchange says, else that we asked, else what the caller suspects."""
    orders = OwnOrders()
    resting(orders).cancel_asked = is_asked
    reports = orders.on_news(news(OrderState.CANCELED, stated), 1, CancelReason.HEARTBEAT)
    assert [Canceled(ID, expected)] == reports


def test_an_order_that_never_came_to_rest_is_off_the_book() -> None:
    """UNMATCHED and INVALID end an order like a cancel."""
    orders, _ = sent()
    assert [Canceled(ID, CancelReason.VENUE)] == orders.on_news(
        news(OrderState.GONE, CancelReason.VENUE), 1
    )


def test_a_refused_cancel_is_always_told() -> None:
    """The engine waits for an answer to each of its requests, even for an ended order."""
    orders = OwnOrders()
    order = resting(orders)
    order.cancel_asked = True
    assert [CancelRefused(ID, "matched")] == orders.on_cancel_refused(ID, "matched", 1)
    assert not order.cancel_asked
    orders.on_canceled(ID, 2)
    assert [CancelRefused(ID, "gone")] == orders.on_cancel_refused(ID, "gone", 3)


def test_an_accepted_answer_does_not_revive_an_ended_order() -> None:
    """The channel told the whole life of the order before its answer came."""
    orders, order = sent()
    orders.on_news(news(OrderState.CANCELED), 1)
    assert [Accepted(ID, None)] == orders.on_post_answer(Taken(ID), 2)
    assert Stage.ENDED is order.stage
    assert [] == orders.on_post_answer(Unproven(ID), 3)


def test_news_of_strangers_is_nothing() -> None:
    """Orders of a person or of an earlier run."""
    orders = OwnOrders()
    assert [] == orders.on_news(news(OrderState.LIVE), 1)
    assert [] == orders.on_canceled(ID, 1)
    assert [] == orders.on_cancel_refused(ID, "", 1)


def test_an_answer_for_an_order_never_prepared_is_our_bug() -> None:
    """We asked for nothing of the kind."""
    with pytest.raises(InvariantError, match="never prepared"):
        OwnOrders().on_post_answer(Taken(ID), 1)


def test_an_id_is_prepared_once_in_any_letter_case() -> None:
    """Two orders with one hash would be one order at the exchange."""
    orders = OwnOrders()
    orders.prepare(ID, new_order(), MARKET, 0)
    with pytest.raises(InvariantError, match="prepared twice"):
        orders.prepare(OrderId(ID.upper()), new_order(), MARKET, 0)


def test_orders_are_alive_from_leaving_to_ending_and_then_forgotten() -> None:
    """Prepared ones have not left; ended ones are kept for late fills."""
    orders = OwnOrders()
    waiting = orders.prepare(order_id(1), new_order(NO), MARKET, 0)
    here, gone = resting(orders, 2), resting(orders, 3)
    orders.on_canceled(gone.order_id, 50)
    assert [here] == list(orders.alive())
    assert (MARKET.yes, MARKET.no) == (waiting.other, here.other)
    orders.forget(50)
    assert 3 == len(orders)
    orders.forget(51)
    assert 2 == len(orders)
