"""An order that was called refused and rests after all: the engine takes it for open again."""

import pytest

from bot.domain.reports import Accepted, Canceled, CancelReason, Filled, RejectionReason
from bot.venues.polymarket.core import VenueCore
from bot.venues.polymarket.orders import OwnOrder, Stage
from bot.venues.polymarket.outcomes import CancelAnswer, Refused
from bot.venues.polymarket.user_wire import OrderNews, OrderState
from tests.bot.venues.polymarket.own_account import (
    MARKET,
    OWNER,
    leg,
    new_order,
    order_id,
    read_trade,
    trade_event,
)


@pytest.fixture
def core() -> VenueCore:
    """No order yet."""
    return VenueCore(OWNER)


def sent(core: VenueCore) -> OwnOrder:
    """An order under way."""
    made = core.orders.prepare(order_id(1), new_order(), MARKET, 0)
    made.stage = Stage.SENT
    return made


def news() -> OrderNews:
    """It rests, says the channel."""
    return OrderNews(order_id(1), OrderState.LIVE)


def test_a_refused_order_that_rests_after_all_is_followed_to_its_end(core: VenueCore) -> None:
    """Else the engine would wait for the end of its cancel for ever."""
    made = sent(core)
    core.on_post_answer(Refused(made.order_id, RejectionReason.OTHER), 1)
    rests = core.on_message(news(), 2, CancelReason.VENUE)
    assert ([Accepted(made.order_id, None)], Stage.RESTING) == (rests, made.stage)
    gone = core.on_cancel_answer([made.order_id], CancelAnswer((made.order_id,)), 3)
    assert [Canceled(made.order_id)] == gone
    assert [] == core.on_message(news(), 4, CancelReason.VENUE)
    assert Stage.ENDED == made.stage


def test_a_refused_order_that_is_filled_in_part_is_followed_to_its_end(core: VenueCore) -> None:
    """The engine takes it for open again, so the end of the rest has to be told."""
    made = sent(core)
    core.on_post_answer(Refused(made.order_id, RejectionReason.OTHER), 1)
    trade = read_trade(trade_event(leg(1, matched_amount="5")))
    core.on_message(trade, 2, CancelReason.VENUE)
    gone = core.on_cancel_answer([made.order_id], CancelAnswer((made.order_id,)), 3)
    assert [Canceled(made.order_id)] == gone


def test_late_word_of_a_refused_order_that_was_filled_does_not_revive_it(core: VenueCore) -> None:
    """All of it traded, so it rests no more."""
    made = sent(core)
    core.on_post_answer(Refused(made.order_id, RejectionReason.OTHER), 1)
    trade = read_trade(trade_event(leg(1, matched_amount="10")))
    assert [Filled] == [type(each) for each in core.on_message(trade, 2, CancelReason.VENUE)]
    core.on_message(news(), 3, CancelReason.VENUE)
    assert Stage.ENDED == made.stage
