"""Sweeping the book clean of our orders, and the start after whatever happened before.

Both begin with cancel-all and believe only an empty list of open orders (polymarket.md 8.2).
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from bot.domain.errors import VenueError, VenueUnavailable
from bot.domain.market import TokenId
from bot.domain.reports import TradeState
from bot.venues.polymarket.exchange import Balances, ExchangeAccount
from bot.venues.polymarket.outcomes import CancelAnswer
from bot.venues.polymarket.user_wire import Trade

SWEEPS_MAX = 3
SWEEP_DELAY_S = 1.0
READS_MAX = 5
"""Attempts at trades and balances that belong together."""


class Sweep(msgspec.Struct, frozen=True):
    """What a sweep did: `is_clean` when the exchange listed no open order afterwards."""

    is_clean: bool
    answers: tuple[CancelAnswer, ...] = ()
    error: str = ""


class Recovered(msgspec.Struct, frozen=True):
    """What the account is at the start: nothing rests, these trades were made, this is held."""

    trades: list[Trade]
    balances: Balances


async def sweep(account: ExchangeAccount, sleep: Callable[[float], Awaitable[None]]) -> Sweep:
    """Cancel everything and verify, three times at most. Never raises for the exchange."""
    answers: list[CancelAnswer] = []
    error = ""
    for attempt in range(SWEEPS_MAX):
        if attempt:
            await sleep(SWEEP_DELAY_S * attempt)
        try:
            answers.append(await account.cancel_all())
        except VenueError as failure:
            error = str(failure)  # the list may still be empty
        try:
            left = await account.open_orders()
        except VenueError as failure:
            error = str(failure)
            continue
        if not left:
            return Sweep(is_clean=True, answers=tuple(answers))
        error = f"{len(left)} orders still rest"
    return Sweep(is_clean=False, answers=tuple(answers), error=error)


async def recover(
    account: ExchangeAccount,
    tokens: Sequence[TokenId],
    trades_after_s: int,
    sleep: Callable[[float], Awaitable[None]],
) -> Recovered:
    """Return the account after everything was taken off the book.

    Raises VenueUnavailable when the book cannot be proved clean: then nothing may be quoted.
    """
    swept = await sweep(account, sleep)
    if not swept.is_clean:
        raise VenueUnavailable(f"cannot start: {swept.error}")
    with contextlib.suppress(VenueError):  # they are read and compared all the same
        await account.refresh_balances(tokens)
    trades = await account.trades(trades_after_s)
    for _ in range(READS_MAX):
        balances = await account.balances(tokens)
        # A trade that settled in between would be counted twice, or not at all.
        before, trades = trades, await account.trades(trades_after_s)
        if _stages(before) == _stages(trades):
            return Recovered(trades, balances)
        await sleep(SWEEP_DELAY_S)
    raise VenueUnavailable("cannot start: trades keep settling while balances are read")


def _stages(trades: Sequence[Trade]) -> set[tuple[str, TradeState]]:
    return {(trade.trade_id, trade.state) for trade in trades}
