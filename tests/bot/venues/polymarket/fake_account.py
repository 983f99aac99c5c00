"""An account at an exchange that does what the test scripted, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TypeVar

from bot.domain.errors import VenueError
from bot.domain.market import Market, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.venues.polymarket.exchange import Balances, DayIncome, SignedOrder, StreamKeys
from bot.venues.polymarket.outcomes import CancelAnswer, PostAnswer, Taken
from bot.venues.polymarket.rate_limit import SignerLimits
from bot.venues.polymarket.user_wire import OrderNews, Trade
from tests.bot.venues.polymarket.own_account import API_KEY, WALLET, order_id

_T = TypeVar("_T")


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now_ns: int = 0) -> None:
        """Start at a time."""
        self.time_ns = now_ns

    def now_ns(self) -> int:
        """Return the time it was set to."""
        return self.time_ns


class Script(deque[object]):
    """Answers in order; an error among them is raised. The last word may be a standing one."""

    def next(self, standing: _T) -> _T:
        """Return the next answer, `standing` when nothing is scripted."""
        if not self:
            return standing
        answer = self.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[return-value]


class FakeAccount:
    """Takes every order and cancels every order, unless scripted otherwise.

    `asked` lists the calls in order. While `gate` is cleared, requests with orders wait.
    """

    def __init__(self) -> None:
        """Rest nothing."""
        self.address = WALLET
        self.stream_keys = StreamKeys(API_KEY, "c2VjcmV0", "phrase")
        self.limits = SignerLimits()
        self.asked: list[tuple[str, tuple[object, ...]]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.posts, self.cancels, self.cancel_alls = Script(), Script(), Script()
        self.lists, self.orders, self.beats = Script(), Script(), Script()
        self.trade_lists, self.accounts = Script(), Script()
        self._signed = 0

    def sign(self, order: NewOrder, market: Market, expires_s: int | None) -> SignedOrder:
        """Number the orders."""
        self._signed += 1
        self.asked.append(("sign", (expires_s,)))
        return SignedOrder(order_id(self._signed), order)

    async def post(self, orders: Sequence[SignedOrder]) -> list[PostAnswer]:
        """Take them."""
        self.asked.append(("post", tuple(order.order_id for order in orders)))
        await self.gate.wait()
        taken: list[PostAnswer] = [Taken(order.order_id) for order in orders]
        return self.posts.next(taken)

    async def cancel(self, order_ids: Sequence[OrderId]) -> CancelAnswer:
        """Take them off."""
        self.asked.append(("cancel", tuple(order_ids)))
        return self.cancels.next(CancelAnswer(tuple(order_ids)))

    async def cancel_all(self) -> CancelAnswer:
        """Find nothing."""
        self.asked.append(("cancel_all", ()))
        return self.cancel_alls.next(CancelAnswer())

    async def open_orders(self) -> list[OrderNews]:
        """List nothing."""
        self.asked.append(("open_orders", ()))
        nothing: list[OrderNews] = []
        return self.lists.next(nothing)

    async def order(self, order_id: OrderId) -> OrderNews | None:
        """Know nothing."""
        self.asked.append(("order", (order_id,)))
        nothing: OrderNews | None = None
        return self.orders.next(nothing)

    async def trades(self, after_s: int) -> list[Trade]:
        """List nothing."""
        self.asked.append(("trades", (after_s,)))
        nothing: list[Trade] = []
        return self.trade_lists.next(nothing)

    async def balances(self, tokens: Sequence[TokenId]) -> Balances:
        """Hold nothing."""
        return self.accounts.next(Balances(0, dict.fromkeys(tokens, 0)))

    async def refresh_balances(self, tokens: Sequence[TokenId]) -> None:
        """Read the chain."""
        self.asked.append(("refresh_balances", tuple(tokens)))

    async def income(self, day: str) -> DayIncome:
        """Pay nothing."""
        self.asked.append(("income", (day,)))
        return DayIncome(0, 0)

    async def keep_warm(self) -> None:
        """Be warm."""
        self.asked.append(("keep_warm", ()))

    async def heartbeat(self, heartbeat_id: str) -> str:
        """Count the beats."""
        self.asked.append(("heartbeat", (heartbeat_id,)))
        return self.beats.next(f"{heartbeat_id}+")

    def calls(self, name: str) -> list[tuple[object, ...]]:
        """What one kind of call was asked with."""
        return [arguments for called, arguments in self.asked if called == name]


class Sleeps:
    """Sleeping without time: remembers how long, and gives others their turn."""

    def __init__(self, most: int = 100) -> None:
        """Allow so many sleeps; the next one waits for ever."""
        self.taken: list[float] = []
        self._most = most

    async def __call__(self, seconds: float) -> None:
        """Remember and go on."""
        self.taken.append(seconds)
        await asyncio.sleep(0)
        if len(self.taken) >= self._most:
            await asyncio.Event().wait()


async def settle() -> None:
    """Let every task that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


def failures(*errors: VenueError) -> Script:
    """A script of errors."""
    return Script(errors)
