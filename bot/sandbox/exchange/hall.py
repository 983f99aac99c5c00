"""What every part of the exchange shares: its markets, accounts and orders, and how it speaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from bot.domain.book import Book
from bot.domain.market import ConditionId, Market, TokenId
from bot.domain.messages import LevelChange
from bot.domain.orders import OrderId
from bot.domain.units import NS_PER_MS
from bot.sandbox.exchange import market_frames, user_frames
from bot.sandbox.exchange.account import Account
from bot.sandbox.exchange.agenda import Agenda
from bot.sandbox.exchange.books import PublicBooks
from bot.sandbox.exchange.config import ExchangeConfig
from bot.sandbox.exchange.faults import Dice, Faults
from bot.sandbox.exchange.orders import RestingOrder
from bot.sandbox.exchange.outbox import MarketOut, Outbox, UserOut
from bot.sandbox.exchange.refusals import not_found
from bot.sandbox.exchange.trades import Trade
from bot.venues.paper.level import QueueModel
from bot.venues.paper.matching import Matching

ORDERS_MAX = 100_000
"""Orders remembered, open or closed."""
TRADES_MAX = 100_000
"""Trades remembered; all but the latest are settled long before they are forgotten."""

_K = TypeVar("_K")


class Hall:
    """The exchange's state without its rules. `faults` may be replaced at any time."""

    def __init__(self, markets: Sequence[Market], config: ExchangeConfig, now_ns: int) -> None:
        """Open at `now_ns` with empty books and no accounts."""
        self.config = config
        self.faults = Faults()
        self.dice = Dice(config.seed)
        self.agenda = Agenda()
        self.outbox = Outbox(self.agenda, self.dice)
        self.markets = {market.condition_id: PublicBooks(market) for market in markets}
        self.orders: dict[OrderId, RestingOrder] = {}
        self.open: dict[OrderId, RestingOrder] = {}
        self.trades: dict[str, Trade] = {}
        self.closed: set[ConditionId] = {
            market.condition_id for market in markets if not market.accepting_orders
        }
        self._accounts: dict[str, Account] = {}
        self._by_token = {
            token: books for books in self.markets.values() for token in books.market.tokens
        }
        self._opened_ns = now_ns
        queue = QueueModel(config.power_n or math.inf, self.dice.of("queue"))
        self.matching = Matching(markets, self._others(), queue)

    def books_of(self, token: str) -> PublicBooks | None:
        """Return the books a token belongs to, `None` for a token of no market here."""
        return self._by_token.get(TokenId(token))

    def need_books(self, token: str) -> PublicBooks:
        """Return the books a token belongs to. Raises Refused with 404 when there are none."""
        books = self.books_of(token)
        if books is None:
            raise not_found("market")
        return books

    def account(self, wallet: str) -> Account:
        """Return the account of a wallet; a new one is funded."""
        account = self._accounts.get(wallet)
        if account is None:
            account = self._accounts[wallet] = Account(wallet, self.config.cash)
        return account

    def accounts(self) -> list[Account]:
        """Return every account, oldest first."""
        return list(self._accounts.values())

    def flow_ns(self, now_ns: int) -> int:
        """Return the time in the flow, which runs `speed` times as fast as the clock.

        The queues live by it: what belongs together there is a matter of milliseconds of flow.
        """
        return self._opened_ns + int((now_ns - self._opened_ns) * self.config.speed)

    def remember(self, order: RestingOrder) -> None:
        """File a new open order; the oldest closed one is forgotten when there are too many."""
        self.orders[order.order_id] = self.open[order.order_id] = order
        forget_oldest(self.orders, ORDERS_MAX, lambda oldest: oldest in self.open)

    def remember_trade(self, trade: Trade) -> None:
        """File a new trade; the oldest one is forgotten when there are too many."""
        self.trades[trade.trade_id] = trade
        forget_oldest(self.trades, TRADES_MAX, lambda _: False)

    # speaking ------------------------------------------------------------------------------

    def show(self, books: PublicBooks, changes: Sequence[LevelChange], now_ns: int) -> None:
        """Publish level changes of one market, and the touch of each token in them."""
        if not changes:
            return
        market, ts_ms = books.market, now_ns // NS_PER_MS
        tokens = tuple(dict.fromkeys(change.token for change in changes))
        self.publish(tokens, market_frames.price_change(market, changes, ts_ms), now_ns)
        for token in tokens:
            touch = market_frames.best_bid_ask(market, books.shown[token], ts_ms)
            self.publish((token,), touch, now_ns, is_custom=True)

    def publish(
        self,
        tokens: tuple[TokenId, ...],
        message: Mapping[str, object],
        now_ns: int,
        *,
        is_custom: bool = False,
    ) -> None:
        """Send a message on the market channel to whoever follows one of the tokens."""
        out = MarketOut(tokens, msgspec.json.encode(message).decode(), is_custom)
        self.outbox.market(out, self.faults, now_ns)

    def tell(self, order: RestingOrder, kind: str, now_ns: int) -> None:
        """Send an order event to the order's owner."""
        event = user_frames.order_event(order, kind, now_ns)
        self.tell_key(order.key, order.market, event, now_ns)

    def tell_key(self, key: str, market: str, event: Mapping[str, object], now_ns: int) -> None:
        """Send an event of a market to the owner of a key."""
        out = UserOut(key, ConditionId(market), msgspec.json.encode(event).decode())
        self.outbox.user(out, self.faults, now_ns)

    def _others(self) -> dict[TokenId, Book]:
        return {token: books.others[token] for token, books in self._by_token.items()}


def forget_oldest(rows: dict[_K, Any], limit: int, is_needed: Callable[[_K], bool]) -> None:
    """Drop the oldest row that is not needed when there are more than `limit`."""
    if len(rows) > limit:
        oldest = next((key for key in rows if not is_needed(key)), None)
        if oldest is not None:
            del rows[oldest]
