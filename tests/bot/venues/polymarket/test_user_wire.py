"""Frames of the user channel become orders and trades, and bad ones become damage."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import DAMAGE_REASONS, DamagedFrame
from bot.domain.reports import CancelReason, TradeState
from bot.domain.units import NS_PER_MS, NS_PER_S
from bot.venues.polymarket.user_wire import (
    OrderNews,
    OrderState,
    Trade,
    UserMessage,
    decode_user,
    plain_status,
    time_ns,
)
from tests.bot.venues.polymarket.own_account import (
    API_KEY,
    NO,
    SHARES,
    YES,
    leg,
    order_event,
    order_id,
    read_trade,
    trade_event,
)


def read(event: object) -> UserMessage:
    """The one message of a frame."""
    (message,) = decode_user(json.dumps(event))
    return message


def test_legs_carry_their_own_token_price_and_size() -> None:
    """The maker's part of a minted pair is on the other token, whatever the taker's fields say."""
    event = trade_event(
        leg(asset_id=NO, price="0.6", matched_amount="3.5"), asset_id=YES, price="0.4", size="7"
    )
    first, taker = read_trade(event).legs
    assert (order_id(0xAB), NO, 6000, 3_500_000) == (
        first.order_id,
        first.token,
        first.price,
        first.size,
    )
    assert (YES, 4000, 7 * SHARES, True) == (
        taker.token,
        taker.price,
        taker.size,
        taker.is_taker,
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("MATCHED", TradeState.MATCHED),
        ("matched", TradeState.MATCHED),
        ("MATCHED_NOT_BROADCASTED", TradeState.MATCHED),
        ("TRADE_STATUS_MINED", TradeState.MINED),
        ("TRADE_STATUS_CONFIRMED", TradeState.CONFIRMED),
        ("RETRYING", TradeState.RETRYING),
        ("FAILED", TradeState.FAILED),
    ],
)
def test_trade_states_come_with_or_without_prefix(status: str, state: TradeState) -> None:
    """Lists prefix the status, the channel does not."""
    assert state is read_trade(trade_event(status=status)).state


@pytest.mark.parametrize(
    ("fields", "state", "reason"),
    [
        ({}, OrderState.LIVE, None),
        ({"status": "ORDER_STATUS_LIVE"}, OrderState.LIVE, None),
        ({"status": ""}, OrderState.LIVE, None),
        ({"status": "SOMETHING_NEW"}, OrderState.LIVE, None),
        ({"type": "UPDATE", "status": "MATCHED"}, OrderState.MATCHED, None),
        ({"status": "DELAYED"}, OrderState.PENDING, None),
        ({"status": "UNMATCHED"}, OrderState.GONE, CancelReason.VENUE),
        ({"status": "INVALID"}, OrderState.GONE, CancelReason.VENUE),
        ({"type": "CANCELLATION", "status": "CANCELED"}, OrderState.CANCELED, None),
        ({"type": "CANCELLATION", "status": ""}, OrderState.CANCELED, None),
        ({"type": "UPDATE", "status": "Canceled"}, OrderState.CANCELED, None),
        ({"status": "CANCELLED"}, OrderState.CANCELED, None),
        (
            {"status": "CANCELED_MARKET_RESOLVED"},
            OrderState.CANCELED,
            CancelReason.MARKET_CLOSED,
        ),
        (
            {"status": "CANCELED_MARKET_NOT_FOUND"},
            OrderState.CANCELED,
            CancelReason.MARKET_CLOSED,
        ),
        (
            {"status": "ORDER_STATUS_CANCELED_NOT_ENOUGH_BALANCE: 3"},
            OrderState.CANCELED,
            CancelReason.BALANCE,
        ),
        ({"status": "CANCELED_EXPIRED_ORDER"}, OrderState.CANCELED, CancelReason.EXPIRED),
        ({"status": "CANCELED_ORDER_TIMED_OUT"}, OrderState.CANCELED, CancelReason.VENUE),
    ],
)
def test_order_states_are_told_by_their_beginning(
    fields: dict[str, Any], state: OrderState, reason: CancelReason | None
) -> None:
    """Reasons are appended to a status; an unknown one leaves the order alive."""
    assert OrderNews(order_id(0xAB), state, 0, reason) == read(order_event(**fields))


def test_a_size_matched_that_is_empty_is_not_stated() -> None:
    """Nothing is not zero."""
    message = read(order_event(size_matched=""))
    assert isinstance(message, OrderNews)
    assert message.matched is None


@pytest.mark.parametrize("field", ["match_time", "matchtime", "timestamp"])
def test_the_time_of_a_match_has_three_names(field: str) -> None:
    """Whichever name is used, in s or in ms."""
    bare = {"match_time": "", "matchtime": "", "timestamp": ""}
    assert (
        17 * 10**8 * NS_PER_S == read_trade(trade_event(**bare | {field: "1700000000"})).ts_venue_ns
    )
    stated_ms = read_trade(trade_event(**bare | {field: 1700000000123}))
    assert 1700000000123 * NS_PER_MS == stated_ms.ts_venue_ns


def test_a_time_that_is_not_stated_is_none() -> None:
    """Zero stands for no time."""
    assert [None] * 4 == [time_ns(stated) for stated in ("", None, 0, "0")]


def test_arrays_are_read_in_order_and_keepalives_are_nothing() -> None:
    """A frame may hold several events; PONG and blanks hold none."""
    frame = json.dumps([order_event(), trade_event()])
    first, second = decode_user(frame.encode())
    assert (OrderNews, Trade) == (type(first), type(second))
    assert [] == [
        *decode_user("PONG"),
        *decode_user(b" PONG\n"),
        *decode_user(""),
        *decode_user("[]"),
    ]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ("{", "json"),
        (b"\xff\xfe", "json"),
        ("[" * 100_000, "json"),
        ("5", "schema"),
        ('{"event_type": 5}', "schema"),
        ('{"event_type": "surprise"}', "unknown_event"),
        ('{"event_type": "order"}', "schema"),
        (json.dumps(trade_event(leg(price="x"))), "number"),
        (json.dumps(trade_event(leg(matched_amount=""))), "number"),
        (json.dumps(trade_event(status="EXPLODED")), "number"),
        (json.dumps(trade_event(match_time="soon")), "number"),
        (json.dumps(order_event(size_matched="-1")), "number"),
        (json.dumps(trade_event(price=None)), "number"),
    ],
    ids=range(13),
)
def test_bad_frames_are_damage(frame: str | bytes, reason: str) -> None:
    """Nothing raises, and the reason is of the closed set."""
    (message,) = decode_user(frame)
    assert isinstance(message, DamagedFrame)
    assert reason == message.reason
    assert reason in DAMAGE_REASONS


def test_one_bad_event_does_not_take_the_good_ones_with_it() -> None:
    """Events of one frame are read one by one."""
    bad, good = decode_user(json.dumps([{"event_type": "order", "id": 5}, order_event()]))
    assert isinstance(bad, DamagedFrame)
    assert isinstance(good, OrderNews)


@pytest.mark.parametrize(
    "fields", [{"id": 5}, {"status": 7}, {"maker_orders": [{"owner": API_KEY}]}]
)
def test_damage_never_shows_the_api_key(fields: dict[str, Any]) -> None:
    """The key stands in every message as the owner."""
    assert API_KEY not in repr(decode_user(json.dumps(trade_event(leg(), **fields))))


def test_a_leg_never_shows_the_api_key() -> None:
    """A trade may be printed in an error."""
    assert API_KEY not in repr(read_trade(trade_event(leg())))


def test_the_plain_status_is_upper_case_without_prefix() -> None:
    """One spelling inside the house."""
    assert "CANCELED" == plain_status("order_status_cancelled")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.binary(max_size=50))
def test_any_bytes_are_survived(frame: bytes) -> None:
    """Garbage is damage."""
    assert all(isinstance(message, DamagedFrame) for message in decode_user(frame))


@given(st.sampled_from(sorted(trade_event())), st.sampled_from(sorted(order_event())), json_values)
def test_any_field_may_be_anything(trade_field: str, order_field: str, value: object) -> None:
    """One field at a time replaced by any JSON: nothing raises."""
    for event in (trade_event() | {trade_field: value}, order_event() | {order_field: value}):
        assert 1 == len(decode_user(json.dumps(event)))
