"""May production start, and from where: the checks before, and what an earlier run left."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import msgspec

from bot.domain.errors import InputError, SettingsError, VenueUnavailable
from bot.domain.ledger import Key, trade_key
from bot.domain.market import Market
from bot.domain.ports import Clock
from bot.domain.reports import Filled, TradeState
from bot.domain.units import cash_paid, complement, dollars, parse_price
from bot.engine.resume import Past
from bot.live.past import Recollection
from bot.preflight.checks import CASH_MIN, Line, check
from bot.preflight.probes import Account, ChainReader, probe_all
from bot.settings import Secrets, Settings
from bot.venues.polymarket.client import connect, environment
from bot.venues.polymarket.exchange import AccountKeys
from bot.venues.polymarket.rate_limit import SignerLimits
from bot.venues.polymarket.recovery import Recovered
from bot.wallet.chain import Chain, WalletState
from bot.wallet.contracts import CHAIN_ID
from bot.wallet.rpc import nodes_of

OF_THE_CHAIN = frozenset({"contracts", "pUSD", "wallet", "approvals"})
"""Checks that need a node of the chain."""
NO_REASON = frozenset({"balance", "exchange balance", "orders"})
"""Lines that `check` shows but that do not stop a start: all the cash may be in tokens, and orders
that rest are taken off first thing."""
TIMEOUT_S = 10.0


class _Mid(msgspec.Struct):
    mid: str


class _NoChain:
    """Stands in where no node is configured; its lines are left out."""

    def wallet(self, address: str, signer: str) -> WalletState:
        """Know nothing."""
        raise InputError(f"no node to ask about {address} of {signer}")

    def signatures(self, safe: str) -> int:
        """Know nothing."""
        raise InputError(f"no node to ask about {safe}")

    def without_code(self) -> tuple[str, ...]:
        """Know nothing."""
        raise InputError("no node to ask")

    def decimals(self) -> int:
        """Know nothing."""
        raise InputError("no node to ask")


async def check_start(
    settings: Settings, secrets: Secrets, clock: Clock, chain: ChainReader | None = None
) -> None:
    """Raise SettingsError with the first red line that stands against trading.

    `chain` is the nodes of the settings unless given.
    """

    @asynccontextmanager
    async def login(keys: AccountKeys) -> AsyncIterator[Account]:
        where = environment(settings.clob_url, settings.relayer_url)
        async with connect(keys, SignerLimits(), clock, where) as client:
            yield client

    known = chain
    if known is None and settings.rpc_urls:
        known = Chain(nodes_of(settings.rpc_urls, CHAIN_ID))
    lines = check(await probe_all(settings, secrets, login, known or _NoChain(), clock))
    red = first_red(lines, has_chain=known is not None)
    if red is not None:
        raise SettingsError(f"may not trade: {red.name}: {red.text}")


def first_red(lines: Sequence[Line], *, has_chain: bool) -> Line | None:
    """Return the first line that stands against a start; `None` when nothing does."""
    left_out = NO_REASON if has_chain else NO_REASON | OF_THE_CHAIN
    return next((line for line in lines if not line.is_green and line.name not in left_out), None)


async def make_past(
    settings: Settings,
    market: Market,
    memory: Recollection,
    recovered: Recovered,
    fills: Sequence[Filled],
) -> tuple[Past, int]:
    """Return what to resume from, and what its holdings are worth in cash.

    Raises VenueUnavailable when tokens are held and nobody quotes a price for them, SettingsError
    when there is nothing to trade with.
    """
    holdings = {token: recovered.balances.tokens[token] for token in market.tokens}
    cash = recovered.balances.cash
    if cash < CASH_MIN and not fills and not any(holdings.values()):
        raise SettingsError(
            f"may not trade: balance: the exchange sees ${dollars(cash):,.2f} and no tokens of "
            f"{market.slug}: deposit, or run `python -m bot check`"
        )
    mid = await _mid(settings, market) if any(holdings.values()) else 0
    past = Past(
        orders=memory.orders,
        fills=fills,
        told=memory.told,
        failed=failed_legs(recovered),
        holdings=holdings,
        mid=mid,
    )
    prices = {market.yes: mid, market.no: complement(mid)}
    return past, sum(cash_paid(prices[token], size) for token, size in holdings.items())


def failed_legs(recovered: Recovered) -> list[Key]:
    """Return every leg of the trades that failed."""
    return [
        trade_key(trade.trade_id, leg.order_id)
        for trade in recovered.trades
        if trade.state is TradeState.FAILED
        for leg in trade.legs
    ]


async def _mid(settings: Settings, market: Market) -> int:
    """The exchange's midpoint of YES, rounded down to a price unit; none of it is ours by now."""
    url = f"{settings.clob_url}/midpoint"
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as http:
            answer = await http.get(url, params={"token_id": market.yes})
        answer.raise_for_status()
        mid = msgspec.json.decode(answer.content, type=_Mid).mid
        return parse_price(mid[:6])  # four decimals: a mid may be half a tick finer
    except (httpx.HTTPError, msgspec.MsgspecError, ValueError) as error:
        raise VenueUnavailable(
            f"tokens of {market.slug} are held and have no midpoint to take them at "
            f"({type(error).__name__}): start when its book has two sides"
        ) from error
