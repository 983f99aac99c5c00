"""Frames of the market channel for the events of a generated market.

Facts: polymarket.md 5.1, feed.md 1-4. Every change and every book is written for both tokens: the
NO token shows the mirror image.
"""

from __future__ import annotations

from bot.domain.units import format_price
from bot.sandbox.market.book import FifoBook
from bot.sandbox.market.config import GeneratedMarketConfig
from bot.sandbox.market.floor import Execution, LevelSet
from bot.sandbox.market.ids import condition_id, token_ids
from bot.sandbox.market.published import PublishedBook, ms_text, size_text


class WireWriter:
    """Frames for the events of a market, in the order they are given."""

    def __init__(self, config: GeneratedMarketConfig, book: FifoBook) -> None:
        """Publish `book` as it stands now; `opening` is then the snapshot of it."""
        self._hash_all = config.hash_every_change
        self._count = config.level_count
        self._market = condition_id(config)
        self._tokens = token_ids(config)
        self._prices = [format_price(level * config.tick) for level in range(self._count + 1)]
        self._yes = PublishedBook(config, self._tokens[0], is_no=False)
        self._no = PublishedBook(config, self._tokens[1], is_no=True)
        for is_bid in (True, False):
            for level, queue in enumerate(book.side(is_bid=is_bid)):
                if queue.total:
                    change = LevelSet(0, is_bid, level, queue.total, 0, 0, on_no=False)
                    self._publish(change)

    def opening(self, ts_ns: int) -> str:
        """Return the array of both tokens' `book` that a subscription starts with."""
        timestamp = ms_text(ts_ns)
        return f"[{self._yes.opening(timestamp)},{self._no.opening(timestamp)}]"

    def change(self, event: LevelSet) -> str:
        """Return the `price_change` of one level on both tokens, the ordering token first."""
        size = self._publish(event)
        timestamp = ms_text(event.ts_ns)
        if self._hash_all:
            return self._change(event, size, timestamp, *self._hashes(timestamp))
        return self._change(event, size, timestamp, "", "")

    def trade(self, execution: Execution) -> tuple[list[str], list[str]]:
        """Return a trade's frames at its instant: those of its changes, and both tokens' `book`.

        The last change carries the hash of the `book` that follows it, which already counts this
        trade's price as the last one.
        """
        frames = [self.change(event) for event in execution.changes[:-1]]
        last, timestamp = execution.changes[-1], ms_text(execution.ts_ns)
        size = self._publish(last)
        price = execution.fills[-1][0] / self._count
        self._yes.last_trade_price, self._no.last_trade_price = price, 1 - price
        yes_hash, no_hash = self._hashes(timestamp)
        frames.append(self._change(last, size, timestamp, yes_hash, no_hash))
        books = [
            self._yes.after_trade(timestamp, yes_hash),
            self._no.after_trade(timestamp, no_hash),
        ]
        return frames, books

    def print(self, execution: Execution, fill: tuple[int, int], ts_ns: int, tx_hash: str) -> str:
        """Return the `last_trade_price` of one level of a trade, in the taker's terms."""
        level, size = fill
        buys = execution.taker_buys != execution.on_no
        price = self._prices[self._count - level if execution.on_no else level]
        return (
            f'{{"market":"{self._market}","asset_id":"{self._tokens[execution.on_no]}",'
            f'"price":"{price}","size":"{size_text(size)}","fee_rate_bps":"0",'
            f'"side":"{"BUY" if buys else "SELL"}","timestamp":"{ms_text(ts_ns)}",'
            f'"event_type":"last_trade_price","transaction_hash":"{tx_hash}"}}'
        )

    def _publish(self, event: LevelSet) -> str:
        size = size_text(event.size)
        self._yes.set_level(event, size)
        self._no.set_level(event, size)
        return size

    def _hashes(self, timestamp: str) -> tuple[str, str]:
        return self._yes.hash(timestamp), self._no.hash(timestamp)

    def _change(
        self, event: LevelSet, size: str, timestamp: str, yes_hash: str, no_hash: str
    ) -> str:
        yes = self._yes.entry(event, size, yes_hash)
        no = self._no.entry(event, size, no_hash)
        entries = f"{no},{yes}" if event.on_no else f"{yes},{no}"
        return (
            f'{{"market":"{self._market}","price_changes":[{entries}],'
            f'"timestamp":"{timestamp}","event_type":"price_change"}}'
        )
