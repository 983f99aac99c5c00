"""Whole books kept beside a tape, so that a disturbance can be followed by snapshots.

A real feed sends whole books after each new connection; a tape that was never cut has none there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.book import Book, BookState, OffGridError
from bot.domain.market import Market, TokenId
from bot.domain.messages import (
    BookSnapshot,
    FeedGap,
    LevelChanges,
    MarketMessage,
    TickSizeChange,
)


class ShadowBooks:
    """The books of some markets as the tape tells them. `ts_venue_ns` is the latest stated time."""

    def __init__(self, markets: Sequence[Market]) -> None:
        """Start with empty, invalid books."""
        self.books: dict[TokenId, Book] = {
            token: Book(token, market.tick) for market in markets for token in market.tokens
        }
        self.ts_venue_ns = 0

    def take(self, message: MarketMessage) -> None:
        """Apply a message; one about other tokens changes nothing."""
        self.ts_venue_ns = getattr(message, "ts_venue_ns", self.ts_venue_ns)
        match message:
            case LevelChanges():
                self._change(message)
            case BookSnapshot() if book := self.books.get(message.token):
                self._load(book, message)
            case TickSizeChange() if book := self.books.get(message.token):
                book.set_tick(message.tick)
            case FeedGap():
                for token in message.tokens or self.books:
                    if book := self.books.get(token):
                        book.state = BookState.INVALID
            case _:
                pass

    def snapshots(self) -> Iterator[BookSnapshot]:
        """Yield the whole book of each token that may be trusted."""
        for token, book in self.books.items():
            if book.state is BookState.VALID:
                yield BookSnapshot(
                    ts_venue_ns=self.ts_venue_ns,
                    token=token,
                    bids=tuple(book.depth(is_bid=True)),
                    asks=tuple(book.depth(is_bid=False)),
                    tick=book.tick,
                    hash="",
                )

    def _change(self, message: LevelChanges) -> None:
        for change in message.changes:
            book = self.books.get(change.token)
            if book is None or book.state is BookState.INVALID:
                continue
            try:
                book.apply(change.is_bid, change.price, change.size)
            except OffGridError:
                book.state = BookState.INVALID  # until the next whole book
                continue
            if change.best_bid is not None and change.best_ask is not None:
                book.prune(change.best_bid, change.best_ask)

    def _load(self, book: Book, message: BookSnapshot) -> None:
        if message.tick is not None and message.tick != book.tick:
            book.set_tick(message.tick)
        try:
            book.load(message.bids, message.asks)
        except OffGridError:
            book.state = BookState.INVALID
