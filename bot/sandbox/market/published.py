"""One token's public book as text: its levels, its entries in a change, its `book`, its hash.

Facts: polymarket.md 5.1, feed.md 1. Key order as in real recordings; the hash is the exchange's
recipe, and gives a recorded book's hash again.
"""

from __future__ import annotations

import hashlib

from bot.domain.units import NS_PER_MS, PRICE_SCALE, SIZE_SCALE, format_price
from bot.sandbox.market.config import GeneratedMarketConfig
from bot.sandbox.market.floor import LevelSet
from bot.sandbox.market.ids import condition_id


def size_text(size: int) -> str:
    """Return size units as the exchange writes shares: `4578.7`, `100`, at most 2 decimals."""
    return f"{size / SIZE_SCALE:.12g}"


def ms_text(ts_ns: int) -> str:
    """Return nanoseconds as the exchange writes time: whole milliseconds."""
    return str(ts_ns // NS_PER_MS)


class PublishedBook:
    """The book as one token's readers see it, and its hash.

    Levels are written once and kept as text, because a `book` repeats some hundred of them.
    """

    def __init__(self, config: GeneratedMarketConfig, token: str, *, is_no: bool) -> None:
        """Start empty; the NO token's book is the mirror image of the levels handed in."""
        self._market = condition_id(config)
        self._token = token
        self._is_no = is_no
        self._count = config.level_count
        self._prices = [format_price(level * config.tick) for level in range(self._count + 1)]
        self._heads = [
            f'{{"asset_id":"{token}","price":"{price}","size":"' for price in self._prices
        ]
        self._sides = ("BUY", "SELL") if is_no else ("SELL", "BUY")  # by "is a bid for YES"
        self._bids = [""] * (self._count + 1)
        self._asks = [""] * (self._count + 1)
        self._terms = (
            f'"min_order_size":"{size_text(config.min_order_size)}",'
            f'"tick_size":"{format_price(config.tick)}",'
            f'"neg_risk":{"true" if config.neg_risk else "false"}'
        )
        price = PRICE_SCALE - config.start_price if is_no else config.start_price
        self.last_trade_price = price / PRICE_SCALE

    def set_level(self, change: LevelSet, size: str) -> None:
        """Show the level's new total; `size` is its text."""
        level = self._count - change.level if self._is_no else change.level
        side = self._bids if change.is_bid != self._is_no else self._asks
        side[level] = f'{{"price":"{self._prices[level]}","size":"{size}"}}' if change.size else ""

    def entry(self, change: LevelSet, size: str, book_hash: str) -> str:
        """Return this token's entry of `price_changes`; `book_hash` may be empty."""
        level, bid, ask = change.level, change.best_bid, change.best_ask
        if self._is_no:
            level, bid, ask = self._count - level, self._count - ask, self._count - bid
        prices = self._prices
        return (
            f'{self._heads[level]}{size}","side":"{self._sides[change.is_bid]}",'
            f'"hash":"{book_hash}","best_bid":"{prices[bid]}","best_ask":"{prices[ask]}"}}'
        )

    def hash(self, timestamp: str) -> str:
        """Return the SHA-1 of the whole book at `timestamp` (milliseconds as text)."""
        text = (
            f'{{"market":"{self._market}","asset_id":"{self._token}","timestamp":"{timestamp}",'
            f'"hash":"",{self._levels()},{self._terms},{self._last_trade()}}}'
        )
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def opening(self, timestamp: str) -> str:
        """Return the `book` sent on subscription, with everything its hash is made of."""
        return (
            f'{{"market":"{self._market}","asset_id":"{self._token}","timestamp":"{timestamp}",'
            f'"hash":"{self.hash(timestamp)}",{self._levels()},{self._terms},'
            f'"event_type":"book",{self._last_trade()}}}'
        )

    def after_trade(self, timestamp: str, book_hash: str) -> str:
        """Return the `book` sent after a trade: without tick size and last trade price."""
        return (
            f'{{"market":"{self._market}","asset_id":"{self._token}",{self._levels()},'
            f'"hash":"{book_hash}","timestamp":"{timestamp}","event_type":"book"}}'
        )

    def _levels(self) -> str:
        bids = ",".join(filter(None, self._bids))
        asks = ",".join(filter(None, reversed(self._asks)))
        return f'"bids":[{bids}],"asks":[{asks}]'

    def _last_trade(self) -> str:
        # Three decimals on every grid: so it stands in the text that real hashes are made of.
        return f'"last_trade_price":"{self.last_trade_price:.3f}"'
