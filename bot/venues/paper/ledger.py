"""The paper account: free cash and settled tokens, and what open orders and pending trades hold.

An order may be as large as the balance less what open orders hold on that side's asset: cash for
BUY, tokens for SELL (polymarket.md 2.4). A trade takes what the order held at once and gives the
other side when it settles; one that fails gives back what it took (polymarket.md 8.4). Everything
held is taken off the free balance first, so no balance is ever negative.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.domain.market import BUY, SELL, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.units import cash_paid, cash_received
from bot.venues.paper.models import Charges


class Leg(NamedTuple):
    """A matched trade on its way: what it took (`cash`, `tokens`) and what it will give.

    `fee` is the part of it that is charged, negative for a rebate.
    """

    token: TokenId
    fee: int
    cash_taken: int
    tokens_taken: int
    cash_due: int
    tokens_due: int


class PaperLedger:
    """Balances of one paper account. `cash` and `tokens` are free: neither held nor pending."""

    __slots__ = ("_charges", "_open", "cash", "tokens")

    def __init__(self, cash: int, charges: Charges) -> None:
        """Start with cash alone."""
        self.cash = cash
        self.tokens: dict[TokenId, int] = {}
        self._charges = charges
        self._open: dict[OrderId, tuple[NewOrder, int, Charges]] = {}

    def charge(self, charges: Charges) -> None:
        """Charge orders this from now on; those that hold something keep what they came under."""
        self._charges = charges

    def reserve(self, order_id: OrderId, order: NewOrder) -> bool:
        """Hold what the order needs; False when the balance does not reach and nothing is held."""
        cash, tokens = _needs(order, order.size, self._charges)
        if cash > self.cash or tokens > self.tokens.get(order.token, 0):
            return False
        self._move(order.token, -cash, -tokens)
        self._open[order_id] = (order, order.size, self._charges)
        return True

    def release(self, order_id: OrderId) -> None:
        """Give back what the rest of an order holds."""
        order, size, charges = self._open.pop(order_id)
        cash, tokens = _needs(order, size, charges)
        self._move(order.token, cash, tokens)

    def fill(self, order_id: OrderId, size: int) -> Leg:
        """Spend a part of what the order holds and return the leg to be settled.

        The cost is the difference of what the order needs before and after, so that parts add up
        to the whole whatever the rounding.
        """
        order, open_size, charges = self._open.pop(order_id)
        left = open_size - size
        cash, tokens = _needs(order, open_size, charges)
        cash_left, tokens_left = _needs(order, left, charges)
        if left:
            self._open[order_id] = (order, left, charges)
        fee = charges.on(order.price, open_size) - charges.on(order.price, left)
        is_sell = order.side is SELL
        proceeds = cash_received(order.price, size) - fee if is_sell else 0
        return Leg(
            token=order.token,
            fee=fee,
            cash_taken=cash - cash_left,
            tokens_taken=tokens - tokens_left,
            cash_due=max(0, proceeds),
            tokens_due=0 if is_sell else size,
        )

    def confirm(self, leg: Leg) -> None:
        """Give what a settled trade brings."""
        self._move(leg.token, leg.cash_due, leg.tokens_due)

    def fail(self, leg: Leg) -> None:
        """Give back what a failed trade took."""
        self._move(leg.token, leg.cash_taken, leg.tokens_taken)

    def _move(self, token: TokenId, cash: int, tokens: int) -> None:
        self.cash += cash
        self.tokens[token] = self.tokens.get(token, 0) + tokens


def _needs(order: NewOrder, size: int, charges: Charges) -> tuple[int, int]:
    """Return (cash, tokens) that an order of this open size holds.

    A sale holds cash only where the charge exceeds its proceeds.
    """
    fee = charges.on(order.price, size)
    if order.side is BUY:
        return max(0, cash_paid(order.price, size) + fee), 0
    return max(0, fee - cash_received(order.price, size)), size
