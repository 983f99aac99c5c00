"""Market data as the house sees it: what the wire decoder makes and the engine reads.

Integers only (units.py). `ts_venue_ns` is the time the exchange states; it may go backwards.
`gc=False`: these records hold no cycles, and millions of them live in a loaded tape.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from bot.domain.market import Side, TokenId


class LevelChange(msgspec.Struct, frozen=True, gc=False):
    """One level now shows `size` in all; 0 removes it.

    `best_bid` and `best_ask` are the touch after this change as the exchange states it, `None`
    where the message did not say; 0 and 10,000 stand for an empty side. `hash` is the SHA-1 of
    the whole book after the change, empty when absent (feed.md 1).
    """

    token: TokenId
    is_bid: bool
    price: int
    size: int
    best_bid: int | None
    best_ask: int | None
    hash: str


class LevelChanges(msgspec.Struct, frozen=True, gc=False):
    """One `price_change` message: its changes in order; both tokens may be in it."""

    ts_venue_ns: int
    changes: tuple[LevelChange, ...]


class BookSnapshot(msgspec.Struct, frozen=True, gc=False):
    """One whole book. Levels are (price, size), best first on both sides.

    `tick` and `last_trade_price` are `None` where the message did not say (after a trade it does
    not).
    """

    ts_venue_ns: int
    token: TokenId
    bids: tuple[tuple[int, int], ...]
    asks: tuple[tuple[int, int], ...]
    tick: int | None
    hash: str
    last_trade_price: int | None = None


class TradePrint(msgspec.Struct, frozen=True, gc=False):
    """One trade of the public tape: `side` is the taker's, on the taker's token."""

    ts_venue_ns: int
    token: TokenId
    side: Side
    price: int
    size: int
    transaction_hash: str


class TickSizeChange(msgspec.Struct, frozen=True, gc=False):
    """The price grid of a token changed; its book is void until the next snapshot."""

    ts_venue_ns: int
    token: TokenId
    tick: int


class MarketResolved(msgspec.Struct, frozen=True, gc=False):
    """The market was decided; `winner` is the token that pays 1."""

    ts_venue_ns: int
    tokens: tuple[TokenId, ...]
    winner: TokenId


class FeedGap(msgspec.Struct, frozen=True, gc=False):
    """Continuity was lost: no book of these tokens may be trusted until its next snapshot.

    Made by our own readers, never by the exchange. Empty `tokens` means all.
    """

    reason: str
    tokens: tuple[TokenId, ...] = ()


class DamagedFrame(msgspec.Struct, frozen=True, gc=False):
    """A frame that could not be read, wholly or in part; `reason` is one of `DAMAGE_REASONS`.

    It passes through the engine so that damage is counted where everything else is.
    """

    reason: str
    text: str


DAMAGE_REASONS = ("json", "schema", "number", "unknown_event")
"""Cut or no JSON; a missing or wrongly typed field; a number out of range; an unknown event."""

MarketMessage: TypeAlias = (
    LevelChanges
    | BookSnapshot
    | TradePrint
    | TickSizeChange
    | MarketResolved
    | FeedGap
    | DamagedFrame
)
