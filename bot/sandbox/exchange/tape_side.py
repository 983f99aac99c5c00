"""The flow of the market: others' levels and prints, and what of ours they fill.

A print fills resting orders by the rules of the paper venue (queue, price, arrival). Our level
then shrinks, both books are sent, and the print follows some milliseconds later (feed.md 3), one a
level: where it goes through our price, our part of it is printed at ours.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.domain.book import BookState, OffGridError
from bot.domain.market import ConditionId, TokenId
from bot.domain.messages import (
    BookSnapshot,
    LevelChange,
    LevelChanges,
    MarketMessage,
    MarketResolved,
    TickSizeChange,
    TradePrint,
)
from bot.domain.orders import OrderId
from bot.domain.units import NS_PER_MS, complement
from bot.sandbox.exchange import market_frames
from bot.sandbox.exchange.books import Moved, PublicBooks
from bot.sandbox.exchange.desk import Desk
from bot.sandbox.exchange.hall import Hall
from bot.sandbox.exchange.settlement import Settlement
from bot.sandbox.exchange.trades import MakerLeg, stranger
from bot.venues.paper.matching import Match

Levels = tuple[tuple[int, int], ...]
"""(price, size), best first."""


class TapeSide:
    """Takes the flow's messages, in order of time. `damaged` counts those that made no sense."""

    def __init__(self, hall: Hall, desk: Desk, settlement: Settlement) -> None:
        """Work in a hall."""
        self._hall = hall
        self._desk = desk
        self._settlement = settlement
        self._prints_ns: dict[ConditionId, int] = {}  # until when prints are under way
        self.damaged = 0

    def take(self, message: MarketMessage, now_ns: int) -> None:
        """Take one message of the flow. Tokens of other markets are ignored."""
        try:
            match message:
                case LevelChanges():
                    self._changes(message, now_ns)
                case BookSnapshot():
                    self._snapshot(message, now_ns)
                case TradePrint():
                    self._print(message, now_ns)
                case TickSizeChange():
                    self._tick(message, now_ns)
                case MarketResolved():
                    self._resolve(message, now_ns)
                case _:  # damage of the tape
                    self.damaged += 1
        except OffGridError:
            self.damaged += 1

    def _changes(self, message: LevelChanges, now_ns: int) -> None:
        seen: dict[str, tuple[PublicBooks, list[LevelChange]]] = {}
        for change in message.changes:
            books = self._hall.books_of(change.token)
            if books is None or not books.is_ready:
                continue
            moved, visible = books.apply(change, now_ns // NS_PER_MS)
            self._tell_matching(moved, now_ns)
            seen.setdefault(books.market.condition_id, (books, []))[1].extend(visible)
        for books, visible in seen.values():
            self._hall.show(books, visible, now_ns)

    def _snapshot(self, message: BookSnapshot, now_ns: int) -> None:
        books = self._hall.books_of(message.token)
        if books is None:
            return
        if message.tick is not None and message.tick != books.others[message.token].tick:
            books.set_tick(message.token, message.tick)
        self._load(books, message.token, message.bids, message.asks, now_ns)
        self._send_book(books, message.token, now_ns, is_opening=message.tick is not None)
        other = books.market.other(message.token)
        if books.others[other].state is BookState.INVALID:
            # A tape may have followed one token only; the other is its mirror image.
            books.set_tick(other, books.others[message.token].tick)
            self._load(books, other, _mirrored(message.asks), _mirrored(message.bids), now_ns)
            self._send_book(books, other, now_ns, is_opening=message.tick is not None)

    def _load(
        self, books: PublicBooks, token: TokenId, bids: Levels, asks: Levels, now_ns: int
    ) -> None:
        self._tell_matching(books.load(token, bids, asks), now_ns)

    def _print(self, message: TradePrint, now_ns: int) -> None:
        hall = self._hall
        books = hall.books_of(message.token)
        if books is None:
            return
        matches = hall.matching.on_print(
            message.token, message.side, message.price, message.size, hall.flow_ns(now_ns)
        )
        transaction_hash = f"0x{hall.dice.of('hashes').getrandbits(256):064x}"
        message = msgspec.structs.replace(message, transaction_hash=transaction_hash)
        ours, others = self._by_level(message, matches)
        if others:  # their levels shrank in the flow, a while ago
            self._print_at(now_ns, books, message, message.price, others, now_ns)
        if not matches:
            return
        legs = [self._fill(message, match, now_ns) for match in matches]
        self._match(books, message, legs, transaction_hash, now_ns)
        for token in books.market.tokens:
            self._send_book(books, token, now_ns, is_opening=False)
        due_ns = now_ns + round(hall.config.print_delay_ms * NS_PER_MS)
        for price, size in ours.items():
            self._print_at(due_ns, books, message, price, size, now_ns)

    def _by_level(
        self, message: TradePrint, matches: Sequence[Match]
    ) -> tuple[dict[int, int], int]:
        """Return what a print took by level, as far as we were there, and what is left of it.

        Whoever takes an order is paid its price: a print that goes through ours was made at both.
        """
        ours: dict[int, int] = {}
        for match in matches:
            price = self._price_for(message, match.order_id)
            ours[price] = ours.get(price, 0) + match.size
        rest = message.size - sum(ours.values())
        if message.price in ours:
            ours[message.price] += rest
            return ours, 0
        return ours, rest

    def _price_for(self, message: TradePrint, order_id: OrderId) -> int:
        """Return an order's price on the token of the print."""
        order = self._hall.orders[order_id].new
        return order.price if order.token == message.token else complement(order.price)

    def _print_at(
        self,
        due_ns: int,
        books: PublicBooks,
        message: TradePrint,
        price: int,
        size: int,
        now_ns: int,
    ) -> None:
        """Publish a print, behind all prints of its market: the last one tells the last price."""
        market = books.market.condition_id
        due_ns = self._prints_ns[market] = max(due_ns, self._prints_ns.get(market, 0))

        def publish(at_ns: int) -> None:
            books.traded(message.token, price)
            self._publish_print(books, message, price, size, at_ns)

        if due_ns > now_ns:
            self._hall.agenda.at(due_ns, publish)
        else:
            publish(now_ns)

    def _publish_print(
        self, books: PublicBooks, message: TradePrint, price: int, size: int, now_ns: int
    ) -> None:
        text = market_frames.last_trade_price(
            books.market,
            message.token,
            message.side,
            price,
            size,
            message.transaction_hash,
            now_ns // NS_PER_MS,
        )
        self._hall.publish(books.market.tokens, text, now_ns)

    def _fill(self, message: TradePrint, match: Match, now_ns: int) -> MakerLeg:
        """Take a fill off an order's level; return it as a leg of the trade."""
        hall, size = self._hall, match.size
        order = hall.orders[match.order_id]
        order.filled += size
        if order.filled == order.new.size:
            order.status = "MATCHED"
            del hall.open[order.order_id]
        books = hall.need_books(order.new.token)
        books.traded(message.token, self._price_for(message, order.order_id))
        hall.show(books, books.add(order.new, -size, now_ns // NS_PER_MS), now_ns)
        return MakerLeg(
            order_id=order.order_id,
            key=order.key,
            maker=order.maker,
            token=order.new.token,
            outcome=order.outcome,
            side=order.new.side,
            price=order.new.price,
            size=size,
        )

    def _match(
        self,
        books: PublicBooks,
        message: TradePrint,
        legs: list[MakerLeg],
        transaction_hash: str,
        now_ns: int,
    ) -> None:
        rng = self._hall.dice.of("strangers")
        market = books.market
        terms = MakerLeg(
            order_id=OrderId(""),
            key="",
            maker="",
            token=message.token,
            outcome=market.outcome(message.token),
            side=message.side,
            price=message.price,
            size=message.size,
        )
        taker = stranger(rng, terms, message.size)
        rest = message.size - sum(leg.size for leg in legs)
        if rest:  # somebody else made the rest of it, on the taker's own token
            other = stranger(rng, terms, rest)
            legs = [*legs, msgspec.structs.replace(other, side=other.side.opposite)]
        self._settlement.match(market.condition_id, taker, legs, transaction_hash, now_ns)

    def _tick(self, message: TickSizeChange, now_ns: int) -> None:
        books = self._hall.books_of(message.token)
        if books is None:
            return
        old = books.others[message.token].tick
        books.set_tick(message.token, message.tick)
        self._hall.matching.on_continuity_lost([message.token])
        ts_ms = now_ns // NS_PER_MS
        text = market_frames.tick_size_change(books.market, message.token, old, message.tick, ts_ms)
        self._hall.publish((message.token,), text, now_ns)

    def _resolve(self, message: MarketResolved, now_ns: int) -> None:
        books = self._hall.books_of(message.winner)
        if books is None:
            return
        market = books.market
        self._hall.closed.add(market.condition_id)
        for order in self._desk.open_orders(market=market.condition_id):
            self._desk.withdraw(order, "CANCELED_MARKET_RESOLVED", now_ns)
        text = market_frames.market_resolved(market, message.winner, now_ns // NS_PER_MS)
        self._hall.publish(market.tokens, text, now_ns, is_custom=True)

    def _send_book(
        self, books: PublicBooks, token: TokenId, now_ns: int, *, is_opening: bool
    ) -> None:
        write = market_frames.opening_book if is_opening else market_frames.book_after_trade
        self._hall.publish((token,), write(books, token, now_ns // NS_PER_MS), now_ns)

    def _tell_matching(self, moved: list[Moved], now_ns: int) -> None:
        flow_ns = self._hall.flow_ns(now_ns)
        for each in moved:
            self._hall.matching.on_level(
                each.token,
                is_bid=each.is_bid,
                price=each.price,
                before=each.before,
                after=each.after,
                now_ns=flow_ns,
            )


def _mirrored(levels: Levels) -> Levels:
    return tuple((complement(price), size) for price, size in levels)
