"""The exchange's hash of a whole book, recomputed: it tells loss at any depth (feed.md 1).

Every `price_change` carries the hash of the book after it. Now and then a message is ahead of its
hash by a few changes, so one mismatch proves nothing; one that does not heal does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

from bot.domain.book import Book
from bot.domain.market import ConditionId
from bot.domain.units import PRICE_SCALE, format_price, format_size


def book_hash(
    book: Book,
    *,
    market: ConditionId,
    timestamp_ms: int,
    min_order_size: str,
    neg_risk: bool,
    last_trade_price: str,
    tick_size: str,
) -> str:
    """Return the SHA-1 hex of the book as the exchange writes it.

    The text arguments go in as they are. In messages `timestamp_ms` is the message's time,
    `last_trade_price` has 3 decimals, and `tick_size` is the one of the first book, even after
    it changed (feed.md 1; recipe: py-clob-client, generate_orderbook_summary_hash).
    """
    hashes = book_hashes(
        book,
        market=market,
        timestamp_ms=timestamp_ms,
        min_order_size=min_order_size,
        neg_risk=neg_risk,
        last_trade_prices=(last_trade_price,),
        tick_size=tick_size,
    )
    return hashes[0]


def book_hashes(
    book: Book,
    *,
    market: ConditionId,
    timestamp_ms: int,
    min_order_size: str,
    neg_risk: bool,
    last_trade_prices: Sequence[str],
    tick_size: str,
) -> list[str]:
    """Return `book_hash` for each of several last trade prices, at little more than one's cost.

    The price ends the hashed text. Of a trade that was just made it is known from its print, which
    comes after the changes whose hashes count it already (feed.md 3).
    """
    prices = _price_texts(book.tick)
    bids = _levels(book.bids, prices, range(1, book.bid_level + 1))
    asks = _levels(book.asks, prices, range(book.levels - 1, book.ask_level - 1, -1))
    text = (
        f'{{"market":"{market}","asset_id":"{book.token}","timestamp":"{timestamp_ms}","hash":"",'
        f'"bids":[{bids}],"asks":[{asks}],"min_order_size":"{min_order_size}",'
        f'"tick_size":"{tick_size}","neg_risk":{"true" if neg_risk else "false"},'
        f'"last_trade_price":"'
    )
    begun = hashlib.sha1(text.encode(), usedforsecurity=False)
    hashes = []
    for last_trade_price in last_trade_prices:
        whole = begun.copy()
        whole.update(f'{last_trade_price}"}}'.encode())
        hashes.append(whole.hexdigest())
    return hashes


def _levels(sizes: list[int], prices: tuple[str, ...], walk: range) -> str:
    return ",".join(
        f'{{"price":"{prices[level]}","size":"{format_size(sizes[level])}"}}'
        for level in walk
        if sizes[level]
    )


@cache  # one entry a tick size, of which there are six
def _price_texts(tick: int) -> tuple[str, ...]:
    return tuple(format_price(price) for price in range(0, PRICE_SCALE + 1, tick))
