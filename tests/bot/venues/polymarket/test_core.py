"""The pure half of the venue: what news, answers, queries and lists are worth."""

import pytest

from bot.domain.messages import DamagedFrame
from bot.domain.orders import OrderId
from bot.domain.reports import (
    Accepted,
    Canceled,
    CancelReason,
    CancelRefused,
    Filled,
    Lost,
    Rejected,
    RejectionReason,
    TradeState,
    TradeUpdate,
    VenueReport,
)
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.core import DOUBT_NS, GRACE_NS, KEEP_NS, PastOrder, Truth, VenueCore
from bot.venues.polymarket.orders import OwnOrder, Stage
from bot.venues.polymarket.outcomes import CancelAnswer, Refused, Taken, Unproven
from bot.venues.polymarket.user_wire import OrderNews, OrderState, Trade
from tests.bot.venues.polymarket.own_account import (
    MARKET,
    OWNER,
    SHARES,
    YES,
    leg,
    new_order,
    order_id,
    read_trade,
    resting,
    trade_event,
)

ID = order_id(0xAB)
LATER = 100 * NS_PER_S


@pytest.fixture
def core() -> VenueCore:
    """A core with one order at rest since time 0."""
    made = VenueCore(OWNER)
    resting(made.orders)
    return made


def order(core: VenueCore) -> OwnOrder:
    """The order at rest."""
    found = core.orders.get(ID)
    assert found is not None
    return found


def news(state: OrderState = OrderState.LIVE, number: int = 0xAB) -> OrderNews:
    """How the exchange lists an order."""
    return OrderNews(order_id(number), state)


def truth(*open_orders: OrderNews, trades: tuple[Trade, ...] = ()) -> Truth:
    """Lists asked for now."""
    return Truth(LATER, open_orders, trades)


def list_everything(core: VenueCore, asked_ns: int, *trades: Trade) -> list[VenueReport]:
    """The lists as asked for then, with the order at rest and these trades."""
    reports, _ = core.on_truth(Truth(asked_ns, [news()], trades), asked_ns)
    return reports


def sent(core: VenueCore, number: int = 1) -> OwnOrder:
    """One more order, under way."""
    made = core.orders.prepare(order_id(number), new_order(), MARKET, 0)
    made.stage = Stage.SENT
    return made


# the user channel -----------------------------------------------------------------------------


def test_damage_is_counted_and_makes_us_ask(core: VenueCore) -> None:
    """Something of ours may have been in it."""
    assert [] == core.on_message(DamagedFrame("json", ""), 1, CancelReason.VENUE)
    assert (1, True) == (core.damaged, core.wants_truth)


def test_trades_and_orders_become_reports(core: VenueCore) -> None:
    """Both kinds of message, and the reason for what nobody asked."""
    (fill,) = core.on_message(read_trade(trade_event()), 1, CancelReason.VENUE)
    assert isinstance(fill, Filled)
    canceled = news(OrderState.CANCELED)
    assert [Canceled(ID, CancelReason.HEARTBEAT)] == core.on_message(
        canceled, 2, CancelReason.HEARTBEAT
    )


# answers --------------------------------------------------------------------------------------


def test_an_unproven_order_is_in_doubt(core: VenueCore) -> None:
    """It is lost, and asked for."""
    made = sent(core)
    assert [Lost(made.order_id, "cut")] == core.on_post_answer(Unproven(made.order_id, "cut"), 1)
    assert [made.order_id] == list(core.doubts)


def test_a_proven_order_is_not(core: VenueCore) -> None:
    """Taken or refused, both are known."""
    taken, no = sent(core, 1), sent(core, 2)
    core.on_post_answer(Taken(taken.order_id), 1)
    core.on_post_answer(Refused(no.order_id, RejectionReason.BALANCE), 1)
    assert {} == core.doubts


def test_a_refusal_of_a_resting_order_is_looked_into(core: VenueCore) -> None:
    """Channel and answer contradict each other."""
    assert [] == core.on_post_answer(Refused(ID, RejectionReason.OTHER), 1)
    assert [ID] == list(core.doubts)


def test_every_cancel_asked_for_is_answered(core: VenueCore) -> None:
    """Done, refused, or left out of the answer: then nobody knows."""
    refused, left_out = resting(core.orders, 1).order_id, resting(core.orders, 2).order_id
    answer = CancelAnswer((ID,), {refused: "matched"})
    reports = core.on_cancel_answer([ID, refused, left_out], answer, 1)
    assert [Canceled(ID), CancelRefused(refused, "matched")] == reports[:2]
    assert [Lost(left_out, "the answer left it out")] == reports[2:]
    assert [refused, left_out] == list(core.doubts)


@pytest.mark.parametrize("is_first_the_post", [True, False])
def test_a_cancel_lost_while_in_doubt_is_answered_by_the_query(
    core: VenueCore, *, is_first_the_post: bool
) -> None:
    """Of an order in doubt no second loss is told, but whoever asked for it must ask again."""
    theirs = order(core)
    if is_first_the_post:
        theirs = sent(core)
        core.on_post_answer(Unproven(theirs.order_id, "cut"), 1)
    else:
        core.on_cancel_lost([ID], "cut", 1)
    theirs.cancel_asked = True
    assert [] == core.on_cancel_lost([theirs.order_id], "cut", 2)
    reports = core.on_query(theirs.order_id, OrderNews(theirs.order_id, OrderState.LIVE), 3)
    assert [Accepted, CancelRefused] == [type(each) for each in reports]
    assert ({}, Stage.RESTING, False) == (core.doubts, theirs.stage, theirs.cancel_asked)


def test_a_cancel_lost_while_in_doubt_may_have_worked(core: VenueCore) -> None:
    """Then the order's end is the answer."""
    for at_ns in (1, 2):
        core.on_cancel_lost([ID], "cut", at_ns)
    order(core).cancel_asked = True
    assert [Canceled(ID, CancelReason.REQUESTED)] == core.on_query(ID, news(OrderState.CANCELED), 3)


def test_a_lost_cancel_of_an_ended_order_is_nothing(core: VenueCore) -> None:
    """It is off already; nor is one of a stranger anything."""
    core.orders.on_canceled(ID, 1)
    assert [] == core.on_cancel_lost([ID, OrderId("0x77")], "cut", 2)
    assert [CancelRefused(ID, "gone")] == core.on_cancel_refused(ID, "gone", 3)
    assert {} == core.doubts


# one question ---------------------------------------------------------------------------------


def test_a_query_settles_a_lost_order(core: VenueCore) -> None:
    """It rests after all."""
    made = sent(core)
    core.on_post_answer(Unproven(made.order_id), 1)
    assert [Accepted(made.order_id, None)] == core.on_query(made.order_id, news(number=1), 2)
    assert {} == core.doubts


def test_an_unknown_order_was_never_placed_once_that_is_certain(core: VenueCore) -> None:
    """Three times and ten seconds, because a slow request may still arrive."""
    made = sent(core)
    core.on_post_answer(Unproven(made.order_id), 0)
    for now_ns in (1, 2, 3, DOUBT_NS - 1):
        assert [] == core.on_query(made.order_id, None, now_ns)
    list_everything(core, DOUBT_NS)
    expected = Rejected(made.order_id, RejectionReason.OTHER, "not found at the exchange")
    assert [expected] == core.on_query(made.order_id, None, DOUBT_NS)


def test_time_alone_is_not_certainty(core: VenueCore) -> None:
    """One miss after a long pause is one miss."""
    made = sent(core)
    core.on_post_answer(Unproven(made.order_id), 0)
    list_everything(core, 10 * DOUBT_NS)
    assert [] == core.on_query(made.order_id, None, 10 * DOUBT_NS)


def test_nothing_is_certain_before_the_lists_were_read(core: VenueCore) -> None:
    """An order that was filled is denied too (py-clob-client #217): its trades are on the list."""
    made = sent(core)
    core.on_post_answer(Unproven(made.order_id), 0)
    list_everything(core, DOUBT_NS - 1)  # its trades may have come since
    for now_ns in (1, 2, DOUBT_NS, 2 * DOUBT_NS):
        assert [] == core.on_query(made.order_id, None, now_ns)
    assert core.wants_truth


def test_a_denied_order_with_a_fill_was_no_refusal(core: VenueCore) -> None:
    """It was filled in part and went off the book."""
    made = sent(core)
    core.on_post_answer(Unproven(made.order_id), 0)
    (fill,) = list_everything(core, DOUBT_NS, read_trade(trade_event(leg(1))))
    assert isinstance(fill, Filled)
    for now_ns in (1, 2):
        core.on_query(made.order_id, None, now_ns)
    assert [Canceled(made.order_id, CancelReason.VENUE)] == core.on_query(
        made.order_id, None, DOUBT_NS
    )


@pytest.mark.parametrize(
    ("asked", "reason"), [(True, CancelReason.REQUESTED), (False, CancelReason.VENUE)]
)
def test_a_resting_order_nobody_knows_any_more_is_off(
    core: VenueCore, *, asked: bool, reason: CancelReason
) -> None:
    """The exchange forgets orders that ended."""
    order(core).cancel_asked = asked
    core.on_cancel_lost([ID], "cut", 0)
    for now_ns in (1, 2):
        core.on_query(ID, None, now_ns)
    list_everything(core, DOUBT_NS)
    assert [Canceled(ID, reason)] == core.on_query(ID, None, DOUBT_NS)


def test_a_matched_order_without_its_trades_makes_us_ask(core: VenueCore) -> None:
    """The fill is in the list of trades."""
    core.on_cancel_refused(ID, "matched", 1)
    assert [] == core.on_query(ID, news(OrderState.MATCHED), 2)
    assert core.wants_truth


def test_an_answer_nobody_waits_for_is_nothing(core: VenueCore) -> None:
    """The channel was faster, or there was no doubt."""
    core.on_cancel_refused(ID, "", 1)
    core.orders.on_canceled(ID, 2)
    assert [] == core.on_query(ID, None, 3)
    assert [] == core.on_query(OrderId("0x77"), None, 3)
    assert {} == core.doubts


# the lists ------------------------------------------------------------------------------------


def test_lists_that_agree_change_nothing(core: VenueCore) -> None:
    """The order rests here and there."""
    assert ([], []) == core.on_truth(truth(news()), LATER)
    assert {} == core.doubts


def test_an_order_missing_from_the_list_is_in_doubt(core: VenueCore) -> None:
    """Its end was missed; which end, a query tells. One under way is left alone."""
    sent(core)
    assert ([], []) == core.on_truth(truth(), LATER)
    assert [ID] == list(core.doubts)


def test_a_list_older_than_the_news_is_not_believed(core: VenueCore) -> None:
    """Lists lag: what changed just before asking is left alone."""
    order(core).changed_ns = LATER - GRACE_NS
    assert ([], []) == core.on_truth(truth(), LATER)
    assert {} == core.doubts


def test_a_listed_order_we_lost_is_accepted(core: VenueCore) -> None:
    """The list is proof, unless its cancel is what is in doubt."""
    made = sent(core)
    core.on_post_answer(Unproven(made.order_id), 1)
    order(core).cancel_asked = True
    core.on_cancel_lost([ID], "cut", 1)
    listed = truth(news(), news(number=1))
    assert ([Accepted(made.order_id, None)], []) == core.on_truth(listed, LATER)


def test_missed_fills_are_found(core: VenueCore) -> None:
    """A trade on the list that the channel never told."""
    reports, _ = core.on_truth(truth(trades=(read_trade(trade_event(leg())),)), LATER)
    (fill,) = reports
    assert isinstance(fill, Filled)
    assert 5 * SHARES == fill.size


def test_an_order_that_rests_although_it_ended_is_a_zombie(core: VenueCore) -> None:
    """It has to go; but not when it ended this very moment, nor when it was filled."""
    core.orders.on_canceled(ID, 1)
    filled = resting(core.orders, 1)
    filled.filled, filled.stage = filled.new.size, Stage.ENDED
    assert ([], [ID]) == core.on_truth(truth(news(), news(number=1)), LATER)
    order(core).changed_ns = LATER
    assert ([], []) == core.on_truth(truth(news()), LATER)


def test_orders_of_others_on_our_account_are_counted(core: VenueCore) -> None:
    """A person or another process trades with the same key."""
    core.on_truth(truth(news(), news(number=7)), LATER)
    assert 1 == core.strange_orders


def test_what_is_old_is_forgotten(core: VenueCore) -> None:
    """An hour after the last news."""
    core.orders.on_canceled(ID, 1)
    core.forget(KEEP_NS)
    assert 1 == len(core.orders)
    core.forget(KEEP_NS + 2)
    assert 0 == len(core.orders)


# an earlier run -------------------------------------------------------------------------------


def test_an_order_whose_trade_hangs_is_not_forgotten(core: VenueCore) -> None:
    """However old: when it settles at last, we must know whose it was."""
    matched, confirmed = (
        read_trade(trade_event(leg(), status=status)) for status in ("MATCHED", "CONFIRMED")
    )
    core.on_message(matched, 1, CancelReason.VENUE)
    core.orders.on_canceled(ID, 2)
    core.forget(10 * KEEP_NS)
    reports = core.on_message(confirmed, 10 * KEEP_NS, CancelReason.VENUE)
    assert [TradeUpdate(ID, confirmed.trade_id, TradeState.CONFIRMED)] == reports
    core.forget(20 * KEEP_NS)
    assert 0 == len(core.orders)


@pytest.mark.parametrize(
    ("end", "moved"), [("CONFIRMED", 0), ("FAILED", -5 * SHARES)], ids=["confirmed", "failed"]
)
def test_the_end_of_a_past_trade_that_was_mined_is_told(end: str, moved: int) -> None:
    """The balances have it; when it fails after all, they lose it again."""
    core = VenueCore(OWNER)
    mined, ended = (read_trade(trade_event(leg(1), status=word)) for word in ("MINED", end))
    core.adopt([PastOrder(order_id(1), new_order(), MARKET)], [mined], LATER)
    assert LATER == core.settlement.pending_since_ns(0)
    assert (0, 0, 0) == core.settlement.net_of(YES)
    (update,) = core.settlement.observe(ended, LATER)
    assert TradeUpdate(order_id(1), mined.trade_id, ended.state) == update
    assert (moved, 0, 0) == core.settlement.net_of(YES)
    assert core.settlement.pending_since_ns(0) is None


def test_a_past_fill_in_the_balances_is_told_once_and_moves_no_sum() -> None:
    """Once confirmed, nothing of it is news."""
    status = "CONFIRMED"
    core = VenueCore(OWNER)
    past = [PastOrder(order_id(1), new_order(), MARKET)]
    (fill,) = core.adopt(past, [read_trade(trade_event(leg(1), status=status))], 1)
    assert order_id(1) == fill.order_id
    assert [] == core.settlement.observe(read_trade(trade_event(leg(1), status="CONFIRMED")), 2)
    assert (0, 0, 0) == core.settlement.net_of(YES)
    assert 0 == core.settlement.contradictions
    assert [] == core.adopt([], [read_trade(trade_event(leg(1), status=status))], 3)


def test_a_past_match_under_way_goes_on() -> None:
    """It is pending, and its end is reported."""
    core = VenueCore(OWNER)
    past = [PastOrder(order_id(1), new_order(), MARKET)]
    assert 1 == len(core.adopt(past, [read_trade(trade_event(leg(1), status="MATCHED"))], 1))
    (update,) = core.settlement.observe(read_trade(trade_event(leg(1), status="CONFIRMED")), 2)
    assert isinstance(update, TradeUpdate)
    strangers = core.adopt([], [read_trade(trade_event(leg(9), status="MINED"))], 3)
    assert [] == strangers
