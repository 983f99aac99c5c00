"""From a frame of the user channel to what happened to our orders. Pure, never raises on bad data.

In a trade the exchange writes the *taker's* side, size, price and token at the top; what a maker
traded stands in `maker_orders`, on the maker's own token: when YES is minted or merged against NO
that is the other token at the complement, with the same side (nautilus #3126, #3172). So a trade
becomes a list of legs here, and which of them are ours is decided by order id, later.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from bot.domain.market import TokenId
from bot.domain.messages import DamagedFrame
from bot.domain.reports import CancelReason, TradeState
from bot.domain.units import NS_PER_MS, NS_PER_S, parse_price, parse_size
from bot.venues.polymarket.user_schema import Stated, WireLeg, WireOrder, WireTrade, WireUserEvent

MS_FROM = 10**11
"""A time stated with a number from here on is in ms, below in s: the exchange uses both."""

_PREFIXES = ("ORDER_STATUS_", "TRADE_STATUS_")
_TRADE_STATES = {
    "MATCHED": TradeState.MATCHED,
    "MATCHED_NOT_BROADCASTED": TradeState.MATCHED,  # only in lists, never on the channel
    "MINED": TradeState.MINED,
    "CONFIRMED": TradeState.CONFIRMED,
    "RETRYING": TradeState.RETRYING,
    "FAILED": TradeState.FAILED,
}
_CANCEL_REASONS = (
    ("CANCELED_MARKET", CancelReason.MARKET_CLOSED),  # _RESOLVED, _NOT_FOUND
    ("CANCELED_NOT_ENOUGH_BALANCE", CancelReason.BALANCE),
    ("CANCELED_EXPIRED", CancelReason.EXPIRED),
    ("CANCELED_", CancelReason.VENUE),
)
_EVENT_TYPES = frozenset({"trade", "order"})


class OrderState(StrEnum):
    """How an order stands at the exchange."""

    LIVE = "live"
    MATCHED = "matched"
    CANCELED = "canceled"
    GONE = "gone"
    PENDING = "pending"


_ORDER_STATES = (
    ("LIVE", OrderState.LIVE),
    ("MATCHED", OrderState.MATCHED),
    ("DELAYED", OrderState.PENDING),
    ("CANCEL", OrderState.CANCELED),
    ("UNMATCHED", OrderState.GONE),
    ("INVALID", OrderState.GONE),
)


class Leg(msgspec.Struct, frozen=True):
    """One order's part of a trade, on that order's token. Ids are in lower case.

    `owner` is an API key and never goes into a log: a leg does not print it.
    """

    order_id: str
    token: TokenId
    price: int
    size: int
    is_taker: bool = False
    owner: str = ""
    address: str = ""

    def __repr__(self) -> str:
        return f"Leg({self.order_id}, {self.token}, {self.price}, {self.size})"


class Trade(msgspec.Struct, frozen=True):
    """One trade and how far its settlement is. `ts_venue_ns` is when it matched, if stated."""

    trade_id: str
    state: TradeState
    legs: tuple[Leg, ...]
    ts_venue_ns: int | None = None


class OrderNews(msgspec.Struct, frozen=True):
    """How one order stands. `reason` is why it was taken off, where the exchange gives one.

    `matched` is the size filled so far, `None` when not stated.
    """

    order_id: str
    state: OrderState
    matched: int | None = None
    reason: CancelReason | None = None


UserMessage: TypeAlias = OrderNews | Trade | DamagedFrame


def decode_user(frame: bytes | str) -> list[UserMessage]:
    """Return what one frame says, in order; empty for PONG and blank frames.

    Damage names what was wrong, never the data: it holds the API key.
    """
    if not frame.strip() or frame.strip() in ("PONG", b"PONG"):
        return []
    try:
        content = msgspec.json.decode(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        return [DamagedFrame("json", type(error).__name__)]
    elements = content if isinstance(content, list) else [content]
    return [_read(element) for element in elements]


def read_trade(wire: WireTrade) -> Trade:
    """Return the trade with exact numbers. Raises ValueError naming what is wrong."""
    state = _TRADE_STATES.get(plain_status(wire.status))
    if state is None:
        raise ValueError(f"unknown trade status {wire.status!r}")
    legs = [_leg(leg) for leg in wire.maker_orders]
    if wire.taker_order_id:
        legs.append(
            Leg(
                order_id=wire.taker_order_id.lower(),
                token=TokenId(wire.asset_id),
                price=parse_price(_number(wire.price)),
                size=parse_size(_number(wire.size)),
                is_taker=True,
            )
        )
    when = wire.match_time or wire.matchtime or wire.timestamp
    return Trade(wire.id.lower(), state, tuple(legs), time_ns(when))


def read_order(wire: WireOrder) -> OrderNews:
    """Return how the order stands. Raises ValueError naming what is wrong.

    A status nobody knows counts as live: the order may still trade, and a query will tell.
    """
    status = plain_status(wire.status)
    state = OrderState.LIVE
    if wire.type.upper() == "CANCELLATION":
        state = OrderState.CANCELED
    else:
        state = next((to for start, to in _ORDER_STATES if status.startswith(start)), state)
    matched = None if wire.size_matched in ("", None) else parse_size(_number(wire.size_matched))
    reason = None
    if state is OrderState.CANCELED:
        reason = next((why for start, why in _CANCEL_REASONS if status.startswith(start)), None)
    elif state is OrderState.GONE:
        reason = CancelReason.VENUE
    return OrderNews(wire.id.lower(), state, matched, reason)


def plain_status(status: str) -> str:
    """Return a status without its prefix, in upper case: lists have one, the channel has not."""
    upper = status.upper().replace("CANCELLED", "CANCELED")
    for prefix in _PREFIXES:
        upper = upper.removeprefix(prefix)
    return upper


def time_ns(stated: Stated) -> int | None:
    """Return a time stated in s or ms, `None` when not stated. Raises ValueError for no time."""
    if stated in ("", None, 0, "0"):
        return None
    number = int(str(stated))
    return number * (NS_PER_MS if number >= MS_FROM else NS_PER_S)


def _read(element: object) -> UserMessage:
    event_type = element.get("event_type") if isinstance(element, dict) else None
    if not isinstance(event_type, str) or event_type not in _EVENT_TYPES:
        reason = "schema" if not isinstance(event_type, str) else "unknown_event"
        return DamagedFrame(reason, "neither a trade nor an order")
    try:
        event = msgspec.convert(element, WireUserEvent)
    except msgspec.ValidationError as error:
        return DamagedFrame("schema", f"{event_type}: {error}")
    try:
        return read_trade(event) if isinstance(event, WireTrade) else read_order(event)
    except ValueError as error:
        return DamagedFrame("number", f"{event_type} {event.id}: {error}")


def _leg(wire: WireLeg) -> Leg:
    return Leg(
        order_id=wire.order_id.lower(),
        token=TokenId(wire.asset_id),
        price=parse_price(_number(wire.price)),
        size=parse_size(_number(wire.matched_amount)),
        owner=wire.owner,
        address=wire.maker_address.lower(),
    )


def _number(stated: Stated) -> str | float:
    return "" if stated is None else stated
