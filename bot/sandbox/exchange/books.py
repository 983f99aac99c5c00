"""The public books of one market: what others show, and our participants' orders merged into it.

Others' levels come from the flow and know nothing of our orders. An order on one token is a level
on both: BUY YES at p is SELL NO at 1 - p. Where the flow moves through a resting order without a
print, a real engine would have traded; here the order stays and its size is not shown meanwhile,
so that the book is never crossed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bot.domain.book import Book, BookState, OffGridError
from bot.domain.book_hash import book_hash
from bot.domain.market import Market, Outcome, Side, TokenId, in_yes_terms
from bot.domain.messages import LevelChange
from bot.domain.orders import NewOrder
from bot.domain.units import complement, format_price, format_size


class Moved(NamedTuple):
    """What others show at one level changed: sizes before and after."""

    token: TokenId
    is_bid: bool
    price: int
    before: int
    after: int


class PublicBooks:
    """Both tokens of one market. `others` is read by the matching, `shown` by everybody."""

    def __init__(self, market: Market) -> None:
        """Start with empty books that are not valid yet."""
        self.market = market
        self.others = {token: Book(token, market.tick) for token in market.tokens}
        self.shown = {token: Book(token, market.tick) for token in market.tokens}
        self.last_trade: dict[TokenId, str] = dict.fromkeys(market.tokens, "")
        self._own: dict[tuple[bool, int], int] = {}

    @property
    def tick(self) -> int:
        """The tick size now, of both tokens."""
        return self.others[self.market.yes].tick

    @property
    def is_ready(self) -> bool:
        """Whether both books had a snapshot."""
        return all(book.state is not BookState.INVALID for book in self.others.values())

    # others --------------------------------------------------------------------------------

    def apply(self, change: LevelChange, ts_ms: int) -> tuple[list[Moved], list[LevelChange]]:
        """Take one level of the flow; return what moved, and what everybody sees of it.

        Levels better than the stated touch are removed too: their removal was lost on the way
        (feed.md 5). Raises OffGridError.
        """
        book = self.others[change.token]
        moved = [self._set(change.token, change.price, change.size, is_bid=change.is_bid)]
        best_bid = book.best_bid if change.best_bid is None else change.best_bid
        best_ask = book.best_ask if change.best_ask is None else change.best_ask
        while book.best_bid > best_bid:
            moved.append(self._set(change.token, book.best_bid, 0, is_bid=True))
        while book.best_ask < best_ask:
            moved.append(self._set(change.token, book.best_ask, 0, is_bid=False))
        seen = [self._show(each.token, each.price, ts_ms, is_bid=each.is_bid) for each in moved]
        seen += self._reveal(change.token, ts_ms)
        return moved, [each for each in seen if each is not None]

    def load(
        self,
        token: TokenId,
        bids: Iterable[tuple[int, int]],
        asks: Iterable[tuple[int, int]],
    ) -> list[Moved]:
        """Replace what others show of a token; return every level that moved by it.

        Raises OffGridError and leaves the book invalid.
        """
        book = self.others[token]
        old = [dict(book.depth(is_bid=is_bid)) for is_bid in (False, True)]
        book.load(bids, asks)
        moved = []
        for is_bid in (True, False):
            before, after = old[is_bid], dict(book.depth(is_bid=is_bid))
            moved += [
                Moved(token, is_bid, price, before.get(price, 0), after.get(price, 0))
                for price in before.keys() | after.keys()
                if before.get(price) != after.get(price)
            ]
        shown = self.shown[token]
        shown.load(book.depth(is_bid=True), book.depth(is_bid=False))
        self._reveal(token, 0)
        return moved

    def set_tick(self, token: TokenId, tick: int) -> None:
        """Take a new grid: the token's book is void until the next snapshot."""
        self.others[token].set_tick(tick)
        self.shown[token].set_tick(tick)

    # our participants ----------------------------------------------------------------------

    def add(self, order: NewOrder, size: int, ts_ms: int) -> list[LevelChange]:
        """Show `size` more of an order (less when negative) on both tokens; the order's first."""
        market = self.market
        side, price = in_yes_terms(market.outcome(order.token), order.side, order.price)
        key = (side is Side.BUY, price)
        self._own[key] = self._own.get(key, 0) + size
        if not self._own[key]:
            del self._own[key]
        seen = []
        for token in (order.token, market.other(order.token)):
            is_bid, own_price = self._on(token, *key)
            seen.append(self._show(token, own_price, ts_ms, is_bid=is_bid))
        return [each for each in seen if each is not None]

    # reading -------------------------------------------------------------------------------

    def hash(self, token: TokenId, ts_ms: int, *, tick: int) -> str:
        """Return the SHA-1 of what is shown; messages keep naming the first `tick` (feed.md 1)."""
        return book_hash(
            self.shown[token],
            market=self.market.condition_id,
            timestamp_ms=ts_ms,
            min_order_size=format_size(self.market.size_min),
            neg_risk=self.market.neg_risk,
            last_trade_price=self.last_trade[token],
            tick_size=format_price(tick),
        )

    def traded(self, token: TokenId, price: int) -> None:
        """Remember the last price, on both tokens, as the exchange writes it there."""
        self.last_trade[token] = f"{price / 10_000:.3f}"
        self.last_trade[self.market.other(token)] = f"{complement(price) / 10_000:.3f}"

    # inside --------------------------------------------------------------------------------

    def _set(self, token: TokenId, price: int, size: int, *, is_bid: bool) -> Moved:
        before = self.others[token].apply(is_bid, price, size)
        return Moved(token, is_bid, price, before, size)

    def _on(self, token: TokenId, is_bid: bool, price: int) -> tuple[bool, int]:  # noqa: FBT001
        """Return (is_bid, price) of a level in YES terms, seen on a token."""
        if self.market.outcome(token) is Outcome.YES:
            return is_bid, price
        return not is_bid, complement(price)

    def _reveal(self, token: TokenId, ts_ms: int) -> list[LevelChange]:
        """Show or hide our levels after others moved; return those that changed."""
        seen = []
        for key in self._own:
            is_bid, price = self._on(token, *key)
            seen.append(self._show(token, price, ts_ms, is_bid=is_bid))
        return [each for each in seen if each is not None]

    def _show(self, token: TokenId, price: int, ts_ms: int, *, is_bid: bool) -> LevelChange | None:
        """Bring one shown level up to date; `None` when it was, or is off the grid."""
        others, shown = self.others[token], self.shown[token]
        try:
            size = others.size_at(is_bid=is_bid, price=price)
        except OffGridError:
            return None
        visible = price < others.best_ask if is_bid else price > others.best_bid
        if visible:
            size += self._own.get(self._on(token, is_bid, price), 0)
        if shown.apply(is_bid, price, size) == size:
            return None
        return LevelChange(
            token=token,
            is_bid=is_bid,
            price=price,
            size=size,
            best_bid=shown.best_bid,
            best_ask=shown.best_ask,
            hash=self.hash(token, ts_ms, tick=self.market.tick),
        )
