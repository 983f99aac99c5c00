"""Messages of the market channel as they stand on the wire, for typed decoding (polymarket.md 5.1).

Numbers are text there; decoded with `strict=False` they are parsed by C. Fields that nobody here
reads are left out: the decoder skips them. `gc=False`: no cycles, and they live for microseconds.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import msgspec

from bot.domain.market import Side, TokenId
from bot.venues.polymarket.wire_numbers import SHARES_MAX, TIME_MAX_MS


class Level(msgspec.Struct, gc=False):
    """One level of a book: dollars and shares."""

    price: float
    size: float


class Change(msgspec.Struct, gc=False):
    """One entry of `price_changes`: the level's new total, and the touch after it."""

    asset_id: TokenId
    price: float
    size: float
    side: Side
    best_bid: float | None = None
    best_ask: float | None = None
    hash: str = ""


class _Event(msgspec.Struct, gc=False, tag_field="event_type", kw_only=True):
    """What every event carries: its time in ms since the epoch."""

    timestamp: int


class PriceChange(_Event, tag="price_change", kw_only=True):
    """Changes of levels of one market; both tokens may be in it."""

    price_changes: list[Change]


class LoosePriceChange(_Event, tag="price_change", kw_only=True):
    """The same with its entries unread, to save the good ones of a damaged frame."""

    price_changes: list[Any]


class Book(_Event, tag="book", kw_only=True):
    """One whole book; worst level first on both sides."""

    asset_id: TokenId
    bids: list[Level]
    asks: list[Level]
    hash: str = ""
    tick_size: float | None = None
    last_trade_price: float | None = None


class LastTradePrice(_Event, tag="last_trade_price", kw_only=True):
    """One trade, seen from its taker."""

    asset_id: TokenId
    side: Side
    price: float
    size: float
    transaction_hash: str = ""


class TickSize(_Event, tag="tick_size_change", kw_only=True):
    """A new price grid of one token, in dollars."""

    asset_id: TokenId
    new_tick_size: float


class Resolved(_Event, tag="market_resolved", kw_only=True):
    """The market was decided."""

    assets_ids: list[TokenId]
    winning_asset_id: TokenId


class BestBidAsk(msgspec.Struct, gc=False, tag_field="event_type", tag="best_bid_ask"):
    """A touch that `price_changes` state as well: known and not read."""


class NewMarket(msgspec.Struct, gc=False, tag_field="event_type", tag="new_market"):
    """A market of somebody else: known and not read."""


WireEvent: TypeAlias = (
    PriceChange | Book | LastTradePrice | TickSize | Resolved | BestBidAsk | NewMarket
)


# plain events -------------------------------------------------------------------------------
#
# The two frequent ones as the exchange always writes them: prices as texts, to be looked up, and
# numbers within their bounds. What is written otherwise is read by the types above.

_Shares = Annotated[float, msgspec.Meta(ge=0, le=SHARES_MAX)]
_TimeMs = Annotated[int, msgspec.Meta(ge=0, le=TIME_MAX_MS)]


class PlainLevel(msgspec.Struct, gc=False):
    """One level of a book."""

    price: str
    size: _Shares


class PlainBook(msgspec.Struct, gc=False, tag_field="event_type", tag="book", kw_only=True):
    """One whole book; worst level first on both sides."""

    timestamp: _TimeMs
    asset_id: TokenId
    bids: list[PlainLevel]
    asks: list[PlainLevel]
    hash: str = ""
    tick_size: str | None = None
    last_trade_price: str | None = None


class PlainChange(msgspec.Struct, gc=False):
    """One entry of `price_changes`."""

    asset_id: TokenId
    price: str
    size: _Shares
    side: Side
    best_bid: str | None = None
    best_ask: str | None = None
    hash: str = ""


class PlainPriceChange(
    msgspec.Struct, gc=False, tag_field="event_type", tag="price_change", kw_only=True
):
    """Changes of levels of one market; both tokens may be in it."""

    timestamp: _TimeMs
    price_changes: list[PlainChange]
