"""Now and then, the whole book against the hash that the exchange states after each change.

The touch shows loss at the top; the hash shows it at any depth. A message can be ahead of its hash
by a few changes (feed.md 1), so a mismatch gets that many changes to heal before it counts.

The hash also covers the price of the last trade, and the changes a trade makes count that trade
already, while its print comes 20 ms later (feed.md 3). So up to three prices are tried: the one
known, the one of the level that changed, and the one at which a trade was made whose print is on
its way. Whichever agrees, the levels are proven: no price makes up for a wrong one. So it is with
the tick size: after it changed, messages may go on naming the first (feed.md 1), and no recording
shows it change; both are tried.
"""

from __future__ import annotations

from bot.domain.book import Book
from bot.domain.book_hash import book_hashes
from bot.domain.market import Market
from bot.domain.messages import LevelChange
from bot.domain.units import NS_PER_MS, PRICE_SCALE, format_price, format_size

CHECK_EVERY = 64
"""Changes between two checks of one token: hashing a book costs some fifty book updates."""
HEAL_CHANGES = 8
"""Changes of the token within which a mismatch may still heal."""


class HashCheck:
    """The check of one token. It needs the last trade's price, which the hash covers.

    `market` is whose terms the hash covers too; whoever learns of others sets it.
    """

    __slots__ = (
        "_asked", "_changed_price", "_first_tick", "_left", "_since", "_unprinted_price",
        "last_trade_price", "market",
    )  # fmt: skip

    def __init__(self, market: Market) -> None:
        """Start without knowing the last trade: nothing is checked until it is known."""
        self.market = market
        self._first_tick = market.tick
        self._since = 0
        self._left = 0
        self._asked = ("", 0, 0)
        self._changed_price: int | None = None
        self._unprinted_price: int | None = None
        self.last_trade_price: int | None = None

    def note_trade_book(self) -> None:
        """Take that a `book` came without a last trade price: it follows a trade's last change."""
        self._unprinted_price = self._changed_price

    def observe(self, book: Book, change: LevelChange, ts_venue_ns: int) -> bool | None:
        """Take a change with a hash that was applied to `book`.

        Returns True when a check agreed, False when one disagreed for good, `None` otherwise.
        """
        self._changed_price = change.price
        if self._left:
            return self._ask(book)
        self._since += 1
        if self._since < CHECK_EVERY or self.last_trade_price is None:
            return None
        self._since = 0
        self._left = HEAL_CHANGES + 1
        self._asked = (change.hash, ts_venue_ns, change.price)
        return self._ask(book)

    def _ask(self, book: Book) -> bool | None:
        stated, ts_venue_ns, changed_price = self._asked
        self._left -= 1
        prices = (self.last_trade_price, changed_price, self._unprinted_price)
        hashes = [
            text
            for tick in {book.tick, self._first_tick}
            for text in book_hashes(
                book,
                market=self.market.condition_id,
                timestamp_ms=ts_venue_ns // NS_PER_MS,
                min_order_size=format_size(self.market.size_min),
                neg_risk=self.market.neg_risk,
                last_trade_prices=[f"{p / PRICE_SCALE:.3f}" for p in prices if p is not None],
                tick_size=format_price(tick),
            )
        ]
        if stated in hashes:
            self._left = 0
            return True
        return None if self._left else False
