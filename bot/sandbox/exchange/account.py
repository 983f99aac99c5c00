"""What one wallet owns on the exchange: balances, what open orders hold, and trades under way.

An order may be as large as the balance less what open orders and unsettled trades hold of that
side's asset: cash for BUY, tokens for SELL (polymarket.md 2.4). A matched trade moves nothing yet;
it moves both sides when it is mined, and nothing at all when it fails (polymarket.md 8.4).
"""

from __future__ import annotations

import msgspec

from bot.domain.market import Side, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.units import cash_paid, cash_received
from bot.sandbox.exchange.refusals import Reason, refusal
from bot.sandbox.exchange.signing import EXCHANGE, NEG_RISK_EXCHANGE

ALLOWANCE_MAX = 2**256 - 1
CASH: TokenId = TokenId("")
"""Stands for the collateral where an asset is named by its token."""

LegKey = tuple[str, OrderId]
"""(trade id, order id): one leg of one trade."""


class Leg(msgspec.Struct, frozen=True):
    """One side of a matched trade: what it takes (`given` of `gives`) and brings."""

    gives: TokenId
    given: int
    gets: TokenId
    gained: int


class Account:
    """Balances of one wallet, in units. Never negative, unless a balance was taken away."""

    def __init__(self, wallet: str, cash: int) -> None:
        """Start with cash, no tokens, and both exchanges allowed to move everything."""
        self.wallet = wallet
        self.balances: dict[TokenId, int] = {CASH: cash}
        self.allowances = {EXCHANGE: ALLOWANCE_MAX, NEG_RISK_EXCHANGE: ALLOWANCE_MAX}
        self.pending: dict[LegKey, Leg] = {}
        self._open: dict[OrderId, tuple[NewOrder, int]] = {}

    def balance(self, asset: TokenId) -> int:
        """Return what the chain shows of an asset: settled trades only."""
        return self.balances.get(asset, 0)

    def held(self, asset: TokenId) -> int:
        """Return what open orders and trades under way hold of an asset."""
        orders = (_needs(order, size) for order, size in self._open.values())
        legs = ((leg.gives, leg.given) for leg in self.pending.values())
        return sum(amount for name, amount in (*orders, *legs) if name == asset)

    def reserve(self, order_id: OrderId, order: NewOrder, spender: str) -> None:
        """Hold what the order needs. Raises Refused: not enough balance / allowance."""
        asset, amount = _needs(order, order.size)
        allowance = self.allowances[spender]
        if amount > allowance:
            raise refusal(
                Reason.BALANCE,
                detail=f": the allowance is not enough -> spender: {spender}, "
                f"allowance: {allowance}, order amount: {amount}",
            )
        balance, held = self.balance(asset), self.held(asset)
        if amount > balance - held:
            active = f"sum of active orders: {held}, " if held else ""
            raise refusal(
                Reason.BALANCE,
                detail=f": the balance is not enough -> balance: {balance}, "
                f"{active}order amount: {amount}",
            )
        self._open[order_id] = (order, order.size)

    def release(self, order_id: OrderId) -> None:
        """Give back what the rest of an order holds."""
        del self._open[order_id]

    def match(self, trade_id: str, order_id: OrderId, size: int) -> None:
        """Turn a part of an order into a leg under way.

        A buyer's cost is the difference of what the order needs before and after, so that parts
        add up to the whole whatever the rounding.
        """
        order, open_size = self._open[order_id]
        left = open_size - size
        gives, before = _needs(order, open_size)
        _, after = _needs(order, left)
        if left:
            self._open[order_id] = (order, left)
        else:
            del self._open[order_id]
        if order.side is Side.BUY:
            leg = Leg(gives, before - after, order.token, size)
        else:
            leg = Leg(gives, before - after, CASH, cash_received(order.price, size))
        self.pending[trade_id, order_id] = leg

    def settle(self, key: LegKey) -> None:
        """Move both sides of a leg that was mined."""
        leg = self.pending.pop(key)
        self.add(leg.gives, -leg.given)
        self.add(leg.gets, leg.gained)

    def fail(self, key: LegKey) -> None:
        """Forget a leg that failed: what it held is free again."""
        del self.pending[key]

    def add(self, asset: TokenId, amount: int) -> None:
        """Change a balance from outside: a transfer, below zero for one that leaves."""
        self.balances[asset] = self.balance(asset) + amount

    def overdrawn(self) -> list[OrderId]:
        """Return the open orders, oldest first, that the balance does not cover any more."""
        free = {asset: self.balance(asset) for asset in self.balances}
        for leg in self.pending.values():
            free[leg.gives] = free.get(leg.gives, 0) - leg.given
        over = []
        for order_id, (order, size) in self._open.items():
            asset, amount = _needs(order, size)
            if amount > free.get(asset, 0):
                over.append(order_id)
            else:
                free[asset] -= amount
        return over


def _needs(order: NewOrder, size: int) -> tuple[TokenId, int]:
    """Return (asset, amount) that an order of this open size holds."""
    if order.side is Side.BUY:
        return CASH, cash_paid(order.price, size)
    return order.token, size
