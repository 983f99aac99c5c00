"""The hot path: market messages onto the books, with every loss seen and counted.

A price change costs one dictionary look-up, one list write and one comparison of the touch. What
is rarer (a touch that disagrees, a level where we have an order) goes through a slower door.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.book import INVALID, STALE, VALID, OffGridError
from bot.domain.feed_clock import FeedClock
from bot.domain.market import BUY, TokenId
from bot.domain.messages import BookSnapshot, LevelChange, LevelChanges, TradePrint
from bot.domain.ports import MarketObserver
from bot.domain.units import complement
from bot.engine.feed_counts import FeedCounts
from bot.engine.tokens import TokenState


class MarketData:
    """Applies messages to the books of the tokens we follow and tells the observers.

    `moved` collects the tokens whose touch or trust changed; whoever reads it empties it.
    """

    def __init__(
        self, tokens: Mapping[TokenId, TokenState], observers: Sequence[MarketObserver]
    ) -> None:
        """Follow `tokens`; messages about others are counted and ignored."""
        self._tokens = tokens
        self._observers = tuple(observers)
        self.counts = FeedCounts()
        self.clock = FeedClock()
        self.moved: list[TokenState] = []
        self._last_changes: LevelChanges | None = None
        self._last_print: TradePrint | None = None
        self._last_venue_ns = 0

    def take_counts(self) -> FeedCounts:
        """Return the counts since the last call and start new ones."""
        counts, self.counts = self.counts, FeedCounts()
        return counts

    def note_time(self, now_ns: int, ts_venue_ns: int) -> None:
        """Note the lag of a message, and whether the exchange's time went backwards."""
        self.counts.lags_ns.append(now_ns - ts_venue_ns)
        if ts_venue_ns < self._last_venue_ns:
            self.counts.backward_steps += 1
        self._last_venue_ns = ts_venue_ns

    def on_changes(self, message: LevelChanges, now_ns: int) -> None:
        """Apply each change in order. The same message twice is counted and applied once."""
        last = self._last_changes
        if last is not None and message.ts_venue_ns == last.ts_venue_ns and message == last:
            self.counts.duplicates += 1
            return
        self._last_changes = message
        tokens = self._tokens
        applied = 0
        for change in message.changes:
            state = tokens.get(change.token)
            if state is None:
                self.counts.unknown_tokens += 1
                continue
            book = state.book
            if book.state is INVALID:
                continue
            applied += 1
            is_bid, price, size = change.is_bid, change.price, change.size
            try:
                before = book.apply(is_bid, price, size)
            except OffGridError:
                self._distrust(state)
                continue
            if (
                book.best_bid != change.best_bid
                or book.best_ask != change.best_ask
                or book.state is not VALID
                or book.bid_level >= book.ask_level  # said by the exchange itself, and cannot be
            ):
                self._reconcile_touch(state, change, before, now_ns)
            else:
                if book.bid_level != state.bid_level or book.ask_level != state.ask_level:
                    self.moved.append(state)
                if before != size and price * 2 + is_bid in state.watch:
                    self._tell_level(state, price * 2 + is_bid, before, size, now_ns)
            if change.hash:
                self._check_hash(state, change, message.ts_venue_ns)
        self.counts.level_changes += applied

    def on_snapshot(self, message: BookSnapshot, now_ns: int) -> None:
        """Replace a book; levels with our orders are reported like single changes."""
        state = self._tokens.get(message.token)
        if state is None:
            self.counts.unknown_tokens += 1
            return
        if message.last_trade_price is None:
            state.hash_check.note_trade_book()
        else:
            state.hash_check.last_trade_price = message.last_trade_price
        book = state.book
        before = {key: self._shown(state, key) for key in state.watch}
        if message.tick is not None and message.tick != book.tick:
            book.set_tick(message.tick)
        try:
            book.load(message.bids, message.asks)
        except OffGridError:
            self.counts.touch_mismatches += 1
        self.moved.append(state)
        self._tell_differences(state, before, now_ns)

    def on_print(self, message: TradePrint, now_ns: int) -> bool:
        """Tell observers and queue traces of a trade; False for a duplicate or a foreign token."""
        if message == self._last_print:
            self.counts.duplicates += 1
            return False
        self._last_print = message
        state = self._tokens.get(message.token)
        if state is None:
            self.counts.unknown_tokens += 1
            return False
        self.counts.prints += 1
        for observer in self._observers:
            observer.on_print(message.token, message.side, message.price, message.size, now_ns)
        self._trace_print(state, message, now_ns)
        return True

    def lose(self, tokens: Sequence[TokenId], now_ns: int) -> None:
        """Take that the books of `tokens` are void until their next snapshot."""
        for token in tokens:
            state = self._tokens[token]
            state.book.state = INVALID
            self.moved.append(state)
            for _, trace in state.traces.values():
                trace.on_gap()
        for observer in self._observers:
            observer.on_continuity_lost(tokens, now_ns)

    def _reconcile_touch(
        self, state: TokenState, change: LevelChange, size_before: int, now_ns: int
    ) -> None:
        # The touch in the message is the truth: prune what is better, distrust when ours is worse.
        book = state.book
        best_bid = book.best_bid if change.best_bid is None else change.best_bid
        best_ask = book.best_ask if change.best_ask is None else change.best_ask
        before = {key: self._shown(state, key) for key in state.watch}
        own_key = change.price * 2 + change.is_bid
        if own_key in before:
            before[own_key] = size_before
        self.counts.pruned_levels += book.prune(best_bid, best_ask)
        if (book.best_bid, book.best_ask) != (best_bid, best_ask):
            self._distrust(state)
        else:
            book.state = STALE if book.is_crossed else VALID
            self.moved.append(state)
        self._tell_differences(state, before, now_ns)

    def _check_hash(self, state: TokenState, change: LevelChange, ts_venue_ns: int) -> None:
        agreed = state.hash_check.observe(state.book, change, ts_venue_ns)
        if agreed is None:
            return
        self.counts.hash_checks += 1
        if not agreed:
            self.counts.hash_mismatches += 1

    def _distrust(self, state: TokenState) -> None:
        self.counts.touch_mismatches += 1
        state.book.state = STALE
        self.moved.append(state)

    def _shown(self, state: TokenState, key: int) -> int:
        book = state.book
        level, rest = divmod(key >> 1, book.tick)
        return 0 if rest else (book.bids if key & 1 else book.asks)[level]

    def _tell_differences(self, state: TokenState, before: dict[int, int], now_ns: int) -> None:
        for key, shown in before.items():
            after = self._shown(state, key)
            if shown != after:
                self._tell_level(state, key, shown, after, now_ns)

    def _tell_level(
        self, state: TokenState, key: int, before: int, after: int, now_ns: int
    ) -> None:
        token, price, is_bid = state.book.token, key >> 1, bool(key & 1)
        for observer in self._observers:
            observer.on_level(
                token, is_bid=is_bid, price=price, before=before, after=after, now_ns=now_ns
            )
        for order, trace in state.traces.values():
            new = order.new
            if new.price == price and (new.side is BUY) is is_bid:
                trace.on_level(before, after, now_ns)

    def _trace_print(self, state: TokenState, message: TradePrint, now_ns: int) -> None:
        # A print concerns orders of both tokens (feed.md 4), each on its own terms.
        for token in state.market.tokens:
            side, price = message.side, message.price
            if token != message.token:
                side, price = side.opposite, complement(price)
            other = self._tokens.get(token)
            if other is None:
                continue
            other.hash_check.last_trade_price = price
            for order, trace in other.traces.values():
                if order.new.side is not side:
                    trace.on_print(price, message.size, now_ns)
