"""Each leg of ours becomes one fill, and each step of its settlement one report.

The named cases are mistakes that others made in production; the numbers are their issues.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import FeeSchedule, Side
from bot.domain.reports import Canceled, Evidence, Filled, TradeState, TradeUpdate
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.orders import OwnOrders
from bot.venues.polymarket.settlement import Settlement, taker_fee
from bot.venues.polymarket.user_wire import OrderNews, decode_user
from tests.bot.venues.polymarket.own_account import (
    NO,
    SHARES,
    WALLET,
    YES,
    book_keeping,
    leg,
    new_order,
    order_event,
    order_id,
    read_trade,
    resting,
    trade_event,
)

NOW = 1_700_000_001 * NS_PER_S
TRADE = "28c4d2eb-bbea-40e7-a9f0-b2fdb56b2c2e"
ID = order_id(0xAB)


def fill(
    token: str = YES, side: Side = Side.BUY, price: int = 4000, size: int = 5 * SHARES
) -> Filled:
    """The report of the default trade."""
    return Filled(
        order_id=ID,
        trade_id=TRADE,
        token=token,  # type: ignore[arg-type]
        side=side,
        price=price,
        size=size,
        evidence=Evidence.EXCHANGE,
        state=TradeState.MATCHED,
        ts_venue_ns=1_700_000_000 * NS_PER_S,
        matched_ns=NOW,
    )


def tell(settlement: Settlement, statuses: Sequence[str]) -> list[TradeState]:
    """The states of the reports when the default trade is told in these statuses, in order."""
    told = []
    for status in statuses:
        for report in settlement.observe(read_trade(trade_event(status=status)), NOW):
            assert isinstance(report, Filled | TradeUpdate)
            told.append(report.state)
    return told


# whose leg, which side, which token -----------------------------------------------------------


def test_a_maker_fill_has_our_side_not_the_opposite_of_the_takers() -> None:
    """Nautilus #3126: a BUY of YES that minted against a BUY of NO stayed a BUY."""
    orders, settlement = book_keeping()
    resting(orders, new=new_order(NO, Side.BUY, 6000))
    event = trade_event(leg(asset_id=NO, price="0.6", side="BUY"), asset_id=YES, side="BUY")
    assert [fill(NO, Side.BUY, 6000)] == settlement.observe(read_trade(event), NOW)


def test_a_sell_that_merges_with_a_sell_stays_a_sell() -> None:
    """Both sides sell, on opposite tokens, and the pair becomes a dollar."""
    orders, settlement = book_keeping()
    resting(orders, new=new_order(NO, Side.SELL, 6100))
    event = trade_event(leg(asset_id=NO, price="0.61", side="SELL"), asset_id=YES, side="SELL")
    assert [fill(NO, Side.SELL, 6100)] == settlement.observe(read_trade(event), NOW)


def test_the_token_is_the_makers_not_the_takers() -> None:
    """Nautilus #3172: the asset at the top of the message is the taker's."""
    orders, settlement = book_keeping()
    resting(orders, 1, new_order(NO, Side.BUY, 6000))
    resting(orders, 2, new_order(YES, Side.SELL, 4000))
    event = trade_event(
        leg(1, asset_id=NO, price="0.6", matched_amount="2"),
        leg(2, asset_id=YES, price="0.4", matched_amount="3", side="SELL"),
        asset_id=YES,
        side="BUY",
    )
    first, second = settlement.observe(read_trade(event), NOW)
    assert isinstance(first, Filled)
    assert isinstance(second, Filled)
    assert (NO, 6000, 2 * SHARES) == (first.token, first.price, first.size)
    assert (YES, Side.SELL, 3 * SHARES) == (second.token, second.side, second.size)


def test_a_leg_told_on_the_other_token_is_turned_round() -> None:
    """Nautilus #3345: a cross match must not go missing because the leg names the other token."""
    orders, settlement = book_keeping()
    resting(orders, new=new_order(YES, Side.BUY, 4000))
    event = trade_event(leg(asset_id=NO, price="0.6", side="SELL"))
    assert [fill()] == settlement.observe(read_trade(event), NOW)


def test_one_trade_fills_several_orders() -> None:
    """Nautilus #3450: the trade id alone does not name a fill."""
    orders, settlement = book_keeping()
    resting(orders, 1)
    resting(orders, 2)
    trade = read_trade(trade_event(leg(1), leg(2, matched_amount="1")))
    reports = settlement.observe(trade, NOW)
    assert [(order_id(1), TRADE), (order_id(2), TRADE)] == [
        (report.order_id, report.trade_id) for report in reports if isinstance(report, Filled)
    ]
    assert [] == settlement.observe(trade, NOW)


def test_letter_case_hides_no_fill() -> None:
    """Nautilus #4662: ids and addresses come checksummed, and ours are in lower case."""
    orders, settlement = book_keeping()
    resting(orders)
    event = trade_event(leg(maker_address=WALLET.upper(), owner=""), id=TRADE.upper())
    assert [fill()] == settlement.observe(read_trade(event), NOW)


def test_own_legs_on_unknown_orders_are_counted_once() -> None:
    """Nautilus #4662: a dropped trade of our account leaves a trace; others' legs do not."""
    _, settlement = book_keeping()
    ours = leg(1, owner="", maker_address=WALLET.lower())
    by_key = leg(2, maker_address="")
    theirs = leg(3, owner="someone", maker_address="0x1")
    for _ in range(2):
        assert [] == settlement.observe(read_trade(trade_event(ours, by_key, theirs)), NOW)
    assert 2 == settlement.strangers


def test_a_leg_of_another_market_is_counted_and_not_believed() -> None:
    """Our order id with a token of somewhere else is damage."""
    orders, settlement = book_keeping()
    resting(orders)
    for _ in range(2):
        assert [] == settlement.observe(read_trade(trade_event(leg(asset_id="333"))), NOW)
    assert 1 == settlement.odd_legs


def test_a_fill_as_taker_is_believed_and_pays() -> None:
    """Post-only orders do not take, but a fill is a fill."""
    orders, settlement = book_keeping()
    resting(orders)
    event = trade_event(leg(owner="x", order_id="0x11", maker_address=""), taker_order_id=ID)
    (report,) = settlement.observe(read_trade(event | {"side": "BUY"}), NOW)
    assert isinstance(report, Filled)
    assert 48_000 == report.fee  # 5 * 0.04 * 0.4 * 0.6 dollars


@pytest.mark.parametrize(
    ("fees", "price", "size", "expected"),
    [
        (FeeSchedule(rate=0.07), 5000, 100 * SHARES, 1_750_000),
        (FeeSchedule(rate=0.05), 5000, 100 * SHARES, 1_250_000),
        (FeeSchedule(), 5000, 100 * SHARES, 0),
        (FeeSchedule(rate=0.04), 3333, 1 * SHARES, 8_890),
    ],
)
def test_the_taker_fee_is_that_of_the_table(
    fees: FeeSchedule, price: int, size: int, expected: int
) -> None:
    """The published examples, and rounding to 1/100,000 dollar."""
    assert expected == taker_fee(fees, price, size)


# how far it is settled ------------------------------------------------------------------------


def test_every_stage_is_reported_once() -> None:
    """MATCHED, MINED, CONFIRMED, each told twice."""
    orders, settlement = book_keeping()
    resting(orders)
    told = tell(settlement, ["MATCHED", "MATCHED", "MINED", "MINED", "CONFIRMED", "CONFIRMED"])
    assert [TradeState.MATCHED, TradeState.MINED, TradeState.CONFIRMED] == told


@pytest.mark.parametrize("first", ["MINED", "CONFIRMED", "RETRYING"])
def test_a_fill_first_seen_late_is_still_a_fill(first: str) -> None:
    """Nautilus #4692: a trade whose MATCHED was missed is not missed."""
    orders, settlement = book_keeping()
    resting(orders)
    (report,) = settlement.observe(read_trade(trade_event(status=first)), NOW)
    assert isinstance(report, Filled)
    assert first.lower() == report.state
    assert [] == tell(settlement, ["MATCHED"])


def test_a_failed_trade_takes_its_fill_back() -> None:
    """Nautilus #4692, #4876: MATCHED is provisional, FAILED voids it, and nothing revives it."""
    orders, settlement = book_keeping()
    order = resting(orders)
    told = tell(settlement, ["MATCHED", "RETRYING", "FAILED", "MATCHED", "MINED"])
    assert [TradeState.MATCHED, TradeState.RETRYING, TradeState.FAILED] == told
    assert 0 == order.filled


def test_a_trade_first_seen_failed_never_counts() -> None:
    """Nautilus #4876: the void may overtake the fill."""
    orders, settlement = book_keeping()
    order = resting(orders)
    assert [] == tell(settlement, ["FAILED", "MATCHED", "CONFIRMED"])
    assert 0 == order.filled


def test_retrying_may_come_before_and_after_mined() -> None:
    """A transaction may be replaced until it is confirmed."""
    orders, settlement = book_keeping()
    resting(orders)
    told = tell(settlement, ["MATCHED", "RETRYING", "MINED", "RETRYING", "CONFIRMED"])
    assert ["matched", "retrying", "mined", "retrying", "confirmed"] == told


def test_final_states_that_differ_are_counted() -> None:
    """The first one stands."""
    orders, settlement = book_keeping()
    resting(orders)
    told = tell(settlement, ["MATCHED", "CONFIRMED", "FAILED", "CONFIRMED"])
    assert ["matched", "confirmed"] == told
    assert 1 == settlement.contradictions


def test_a_fill_after_the_cancel_is_believed() -> None:
    """Nautilus #3797: the order says Canceled with a size matched, its trade comes afterwards."""
    orders, settlement = book_keeping()
    order = resting(orders)
    order.cancel_asked = True
    update = order_event(type="UPDATE", status="CANCELED", size_matched="5")
    frame = [update, trade_event()]
    reports = []
    for event in frame:
        (message,) = decode_user(json.dumps(event))
        if isinstance(message, OrderNews):
            reports += orders.on_news(message, NOW)
        else:
            reports += settlement.observe(read_trade(event), NOW)
    assert [Canceled(ID), fill()] == reports
    assert 5 * SHARES == order.filled


def test_filling_whole_ends_an_order() -> None:
    """Two trades of five shares each."""
    orders, settlement = book_keeping()
    order = resting(orders)
    settlement.observe(read_trade(trade_event()), NOW)
    assert [order] == list(orders.alive())
    settlement.observe(read_trade(trade_event(id="another")), NOW)
    assert [] == list(orders.alive())


def test_a_trade_learned_of_late_is_dated_back() -> None:
    """A mid "before the match" must not be one of long after it."""
    orders, settlement = book_keeping()
    resting(orders)
    late = NOW + 60 * NS_PER_S
    (report,) = settlement.observe(read_trade(trade_event()), late)
    assert isinstance(report, Filled)
    assert 1_700_000_000 * NS_PER_S == report.matched_ns


def test_pending_legs_are_known_by_age_and_final_ones_forgotten() -> None:
    """What is pending long is asked about; what is final goes when its order goes."""
    orders, settlement = book_keeping()
    resting(orders)
    assert settlement.pending_since_ns(0) is None
    trade = read_trade(trade_event())
    settlement.observe(trade, NOW)
    assert trade.ts_venue_ns == settlement.pending_since_ns(0)
    assert settlement.pending_since_ns(NOW + 1) is None
    assert (0, 1) == (settlement.pending_before(NOW - NS_PER_S), settlement.pending_before(NOW))
    settlement.observe(read_trade(trade_event(status="CONFIRMED")), NOW + 1)
    assert settlement.pending_since_ns(0) is None
    settlement.forget(NOW + 9)
    assert [] == tell(settlement, ["CONFIRMED"])
    orders.on_canceled(ID, NOW)
    orders.forget(NOW + 9)
    settlement.forget(NOW + 9)
    assert [] == settlement.observe(read_trade(trade_event()), NOW + 10)
    assert 1 == settlement.strangers
    settlement.forget(NOW + 11)
    settlement.observe(read_trade(trade_event()), NOW + 12)
    assert 2 == settlement.strangers


STATUSES = ["MATCHED", "MINED", "RETRYING", "CONFIRMED", "FAILED"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(STATUSES)), max_size=20))
def test_any_order_of_tellings_gives_one_fill_and_one_end(
    tellings: list[tuple[str, str]],
) -> None:
    """Duplicates and disorder: at most one fill and one final state a trade, fill first."""
    orders = OwnOrders()
    settlement = Settlement(orders, book_keeping()[1]._owner)
    order = resting(orders)
    seen: dict[str, list[object]] = {"a": [], "b": []}
    for name, status in tellings:
        trade = read_trade(trade_event(id=name, status=status))
        seen[name] += settlement.observe(trade, NOW)
    held = 0
    for reports in seen.values():
        fills = [report for report in reports if isinstance(report, Filled)]
        states = [report.state for report in reports if isinstance(report, TradeUpdate)]
        assert fills == reports[: len(fills)]
        assert len(fills) <= 1
        finals = [s for s in states if s in {TradeState.CONFIRMED, TradeState.FAILED}]
        assert finals == states[len(states) - len(finals) :]
        assert len(finals) <= 1
        held += 5 * SHARES * (len(fills) - finals.count(TradeState.FAILED))
    assert held == order.filled
