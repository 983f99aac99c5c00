"""The exchange as one pure machine: requests and the flow go in with the time, messages come out.

Knows no socket, loop or clock. Whoever drives it calls `advance` up to the time of each call, and
sends what `drain` returns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.market import Market, TokenId
from bot.domain.messages import MarketMessage
from bot.domain.orders import OrderId
from bot.sandbox.exchange.account import CASH
from bot.sandbox.exchange.config import ExchangeConfig
from bot.sandbox.exchange.desk import Desk
from bot.sandbox.exchange.faults import Faults, Mode, change
from bot.sandbox.exchange.hall import Hall
from bot.sandbox.exchange.heartbeat import LOOK_EVERY_NS, HeartbeatChain
from bot.sandbox.exchange.keys import ApiKey, Keyring
from bot.sandbox.exchange.limits import Bucket, SignerLimits
from bot.sandbox.exchange.orders import PostedOrder, RestingOrder
from bot.sandbox.exchange.outbox import MarketOut, UserOut
from bot.sandbox.exchange.refusals import (
    Refused,
    bad_request,
    bare_too_many_requests,
    restarting,
    too_many_requests,
)
from bot.sandbox.exchange.settlement import Settlement
from bot.sandbox.exchange.tape_side import TapeSide
from bot.sandbox.exchange.trades import Trade

CANCELS_MAX = 3_000
"""Ids in one DELETE /orders (polymarket.md 2.7: 1,000 or 3,000)."""


class Exchange:
    """A local exchange for some markets."""

    def __init__(
        self,
        markets: Sequence[Market],
        config: ExchangeConfig,
        now_ns: int,
        catalogue: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        """Open at `now_ns`; books are empty until the flow brings a snapshot.

        `catalogue` is what Gamma says of a market besides, by condition id.
        """
        self.config = config
        self.catalogue = dict(catalogue or {})
        self.hall = Hall(markets, config, now_ns)
        self.keyring = Keyring(config.seed)
        self.desk = Desk(self.hall)
        self.tape = TapeSide(self.hall, self.desk, Settlement(self.hall))
        self._limits: dict[str, SignerLimits] = {}
        self._chains: dict[str, HeartbeatChain] = {}
        self.hall.agenda.at(now_ns + LOOK_EVERY_NS, self._look)

    # time ----------------------------------------------------------------------------------

    @property
    def next_due_ns(self) -> int:
        """When something happens by itself next."""
        return self.hall.agenda.next_due_ns

    def advance(self, now_ns: int) -> None:
        """Do everything that is due up to now."""
        self.hall.agenda.run(now_ns)

    def drain(self) -> list[MarketOut | UserOut]:
        """Return the messages to be sent now, in order."""
        return self.hall.outbox.drain()

    def on_flow(self, message: MarketMessage, now_ns: int) -> None:
        """Take one message of the flow."""
        self.tape.take(message, now_ns)

    # requests ------------------------------------------------------------------------------

    def place(self, key: ApiKey, orders: Sequence[PostedOrder], now_ns: int) -> list[object]:
        """Take orders; return for each the resting order or the `Refused` it got.

        Raises Refused when none was looked at: rate limit, or the mode of the exchange.
        """
        for posted in orders:
            self.faults.check_order(is_post_only=posted.is_post_only)
        self._spend(self.limits(key).orders, len(orders), now_ns)
        return [self._try_place(key, posted, now_ns) for posted in orders]

    def cancel(
        self, key: ApiKey, ids: Sequence[str], now_ns: int, *, extra_tokens: int = 0
    ) -> tuple[list[str], dict[str, str]]:
        """Withdraw orders; return (cancelled ids, what was wrong with the others).

        Raises Refused: rate limit, or the mode of the exchange.
        """
        self.faults.check_cancel()
        if len(ids) > CANCELS_MAX:
            raise bad_request(f"Too many orders in payload: {len(ids)}, max allowed: {CANCELS_MAX}")
        self._spend(self.limits(key).cancels, len(ids) + extra_tokens, now_ns)
        return self.desk.cancel(key.key, ids, now_ns)

    def heartbeat(self, key: ApiKey, heartbeat_id: str, now_ns: int) -> str:
        """Take a heartbeat and return the next id. Raises Refused when the id is wrong."""
        if self.faults.mode is Mode.RESTART:
            raise restarting()
        return self._chain(key.key).beat(heartbeat_id, now_ns)

    def limits(self, key: ApiKey) -> SignerLimits:
        """Return the rate limits of a key's signer."""
        limits = self._limits.get(key.address)
        if limits is None:
            limits = self._limits[key.address] = SignerLimits(self.config.tier)
        return limits

    def trades_of(self, key: ApiKey) -> list[Trade]:
        """Return the trades that a key made, newest first."""
        return [trade for trade in reversed(self.hall.trades.values()) if trade.is_made_by(key.key)]

    def order_of(self, key: ApiKey, order_id: str) -> RestingOrder | None:
        """Return an order of a key, open or not; `None` when there is none."""
        order = self.hall.orders.get(OrderId(order_id))
        return order if order is not None and order.key == key.key else None

    # control -------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """What goes wrong at present."""
        return self.hall.faults

    def change_faults(self, patch: bytes) -> Faults:
        """Replace some faults by the JSON object `patch`; return all. Raises Refused with 400."""
        self.hall.faults = change(self.hall.faults, patch)
        return self.hall.faults

    def move_balance(self, wallet: str, asset: str, amount: int, now_ns: int) -> None:
        """Change a balance from outside; orders that it no longer covers are cancelled.

        `asset` is a token, or "" for cash.
        """
        account = self.hall.account(wallet)
        account.add(TokenId(asset), amount)
        for order_id in account.overdrawn():
            order = self.hall.orders[order_id]
            self.desk.withdraw(order, "CANCELED_NOT_ENOUGH_BALANCE", now_ns)

    def truth(self) -> dict[str, object]:
        """Return what the exchange knows: accounts, open orders and trades, in integer units."""
        return {
            "accounts": {
                account.wallet: {
                    "cash": account.balance(CASH),
                    "cash_held": account.held(CASH),
                    "tokens": {
                        token: size for token, size in account.balances.items() if token != CASH
                    },
                    "pending": [
                        {"trade_id": trade_id, "order_id": order_id, "leg": leg}
                        for (trade_id, order_id), leg in account.pending.items()
                    ],
                }
                for account in self.hall.accounts()
            },
            "open_orders": [
                {
                    "order_id": order.order_id,
                    "maker": order.maker,
                    "token": order.new.token,
                    "side": order.new.side,
                    "price": order.new.price,
                    "size": order.new.size,
                    "filled": order.filled,
                }
                for order in self.desk.open_orders()
            ],
            "trades": [
                {"trade_id": trade.trade_id, "state": trade.state, "legs": trade.legs}
                for trade in self.hall.trades.values()
            ],
            "damaged": self.tape.damaged,
        }

    # inside --------------------------------------------------------------------------------

    def _try_place(self, key: ApiKey, posted: PostedOrder, now_ns: int) -> RestingOrder | Refused:
        try:
            return self.desk.place(key, posted, now_ns)
        except Refused as refused:
            return refused

    def _spend(self, bucket: Bucket, tokens: int, now_ns: int) -> None:
        is_drawn = self.hall.dice.hits("too_many", self.faults.too_many)
        if is_drawn and self.faults.is_bare_429:
            raise bare_too_many_requests()
        if is_drawn or not bucket.take(tokens, now_ns):
            raise too_many_requests(max(1, bucket.wait_s()), bucket.headers())

    def _chain(self, key: str) -> HeartbeatChain:
        chain = self._chains.get(key)
        if chain is None:
            chain = self._chains[key] = HeartbeatChain(self.hall.dice.of("heartbeat"))
        return chain

    def _look(self, now_ns: int) -> None:
        """Cancel the orders of every key whose heart stopped; look again later."""
        for key, chain in self._chains.items():
            if chain.is_silent(now_ns):
                for order in self.desk.open_orders(key):
                    self.desk.withdraw(order, "CANCELED", now_ns)
        self.hall.agenda.at(now_ns + LOOK_EVERY_NS, self._look)
