"""The edge of the preflight: asks the exchange, the chain and the disk, and changes nothing.

Only the exchange is made to read the wallet's balance again before it is asked for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import httpx
import msgspec

from bot.domain.errors import PmmError, SettingsError, VenueError, VenueUnavailable
from bot.domain.market import TokenId
from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S
from bot.latch import TRIPPED, LatchFile
from bot.live.past import known_orders
from bot.lock import is_free
from bot.preflight.checks import Failed, Place, Probed
from bot.risk.kill_switch import Latch
from bot.settings import Secrets, Settings
from bot.venues.polymarket.client_words import kind_of_wallet
from bot.venues.polymarket.exchange import AccountKeys, Balances
from bot.venues.polymarket.user_wire import OrderNews
from bot.wallet.chain import WalletState
from bot.wallet.keys import address_of

TIMEOUT_S = 10.0
NO_KEY = "no key: set PMM_PRIVATE_KEY or PMM_PRIVATE_KEY_FILE"

T = TypeVar("T")


class Account(Protocol):
    """What is asked of the account at the exchange; `PolymarketClient` is one."""

    @property
    def address(self) -> str:
        """The wallet that holds the money."""
        ...

    async def is_closed_only(self) -> bool:
        """Return True when the account may only reduce positions."""
        ...

    async def refresh_balances(self, tokens: Sequence[TokenId]) -> None:
        """Have the exchange read collateral and `tokens` from the chain again."""
        ...

    async def balances(self, tokens: Sequence[TokenId]) -> Balances:
        """Return the collateral and what is held of each of `tokens`."""
        ...

    async def open_orders(self) -> list[OrderNews]:
        """Return every open order of this API key."""
        ...


class ChainReader(Protocol):
    """What is asked of the chain; `Chain` is one."""

    def wallet(self, address: str, signer: str) -> WalletState:
        """Return the wallet as two nodes see it."""
        ...

    def signatures(self, safe: str) -> int:
        """Return how many owners must sign for a Safe."""
        ...

    def without_code(self) -> tuple[str, ...]:
        """Return the names of configured contracts at whose address there is no code."""
        ...

    def decimals(self) -> int:
        """Return the decimals of pUSD."""
        ...


Login = Callable[[AccountKeys], AbstractAsyncContextManager[Account]]
"""Logs in at the exchange."""


class _Place(msgspec.Struct):
    blocked: bool
    country: str = ""
    region: str = ""


class _Version(msgspec.Struct):
    version: int


async def probe_all(
    settings: Settings, secrets: Secrets, login: Login, chain: ChainReader, clock: Clock
) -> Probed:
    """Return what every probe found; raises for none of them."""
    state_dir = Path(settings.state_dir)
    keys = secrets.account
    async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as http:
        place = await _probe(lambda: _place(http, settings.geoblock_url))
        skew_s = await _probe(lambda: _skew_s(http, settings.clob_url, clock))
        version = await _probe(lambda: _version(http, settings.clob_url))
    async with _logged_in(login, keys) as account:
        address = _ask(account, lambda found: found.address)
        is_closed_only = await _ask_async(account, lambda found: found.is_closed_only())
        balances = await _ask_async(account, _fresh_balances)
        orders = await _ask_async(account, lambda found: found.open_orders())
    return Probed(
        is_live=secrets.is_live,
        place=place,
        # Only a signed question proves that the key belongs to the signer.
        login=Failed(balances.reason) if isinstance(balances, Failed) else address,
        is_closed_only=is_closed_only,
        skew_s=skew_s,
        version=version,
        without_code=await _probe(lambda: asyncio.to_thread(chain.without_code)),
        decimals=await _probe(lambda: asyncio.to_thread(chain.decimals)),
        wallet=await _probe(lambda: asyncio.to_thread(_wallet, chain, settings, keys)),
        wallet_kind=settings.wallet_kind if settings.wallet else "eoa",
        wallet_is=_probe_here(lambda: _kind(settings, keys)),
        exchange_cash=balances if isinstance(balances, Failed) else balances.cash,
        open_orders=orders
        if isinstance(orders, Failed)
        else tuple(news.order_id for news in orders),
        known_orders=_probe_here(lambda: known_orders(state_dir / "journal", clock.now_ns())),
        is_lock_free=_probe_here(lambda: is_free(state_dir)),
        is_state_writable=_probe_here(lambda: _is_writable(state_dir)),
        latch=_probe_here(lambda: _latch(state_dir)),
    )


# the exchange -------------------------------------------------------------------------------


async def _place(http: httpx.AsyncClient, url: str) -> Place:
    found = msgspec.json.decode(await _get(http, url), type=_Place)
    return Place(found.blocked, found.country.upper(), found.region.upper())


async def _version(http: httpx.AsyncClient, clob_url: str) -> int:
    return msgspec.json.decode(await _get(http, f"{clob_url}/version"), type=_Version).version


async def _skew_s(http: httpx.AsyncClient, clob_url: str, clock: Clock) -> float:
    before_ns = clock.now_ns()
    text = await _get(http, f"{clob_url}/time")
    middle_s = (before_ns + clock.now_ns()) / 2 / NS_PER_S
    # Whole seconds, cut off: on average half a second has passed since.
    return middle_s - (msgspec.json.decode(text, type=int, strict=False) + 0.5)


async def _get(http: httpx.AsyncClient, url: str) -> bytes:
    try:
        response = await http.get(url)
    except httpx.HTTPError as error:
        raise VenueUnavailable(f"{url} is away: {type(error).__name__}") from error
    if response.status_code != httpx.codes.OK:
        raise VenueUnavailable(f"{url} answered {response.status_code}")
    return response.content


@asynccontextmanager
async def _logged_in(login: Login, keys: AccountKeys | None) -> AsyncIterator[Account | Failed]:
    if keys is None:
        yield Failed(NO_KEY)
        return
    opening = login(keys)
    try:
        account = await opening.__aenter__()
    except PmmError as error:
        yield Failed(str(error))
        return
    try:
        yield account
    finally:
        await opening.__aexit__(None, None, None)


def _ask(account: Account | Failed, question: Callable[[Account], T]) -> T | Failed:
    return account if isinstance(account, Failed) else question(account)


async def _ask_async(
    account: Account | Failed, question: Callable[[Account], Awaitable[T]]
) -> T | Failed:
    if isinstance(account, Failed):
        return account
    return await _probe(lambda: question(account))


async def _fresh_balances(account: Account) -> Balances:
    with contextlib.suppress(VenueError):
        await account.refresh_balances([])
    return await account.balances([])


# chain and disk -----------------------------------------------------------------------------


def _wallet(chain: ChainReader, settings: Settings, keys: AccountKeys | None) -> WalletState:
    kind, signer = _kind(settings, keys), _signer(keys)
    state = chain.wallet(settings.wallet or signer, signer)
    if kind != "safe" or not state.has_code:
        return state
    return msgspec.structs.replace(state, signatures=chain.signatures(state.address))


def _kind(settings: Settings, keys: AccountKeys | None) -> str:
    signer = _signer(keys)
    return kind_of_wallet(signer, settings.wallet or signer)


def _signer(keys: AccountKeys | None) -> str:
    if keys is None:
        raise SettingsError(NO_KEY)
    return address_of(keys.private_key)


def _is_writable(state_dir: Path) -> bool:
    nearest = next(path for path in (state_dir, *state_dir.absolute().parents) if path.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def _latch(state_dir: Path) -> Latch | None:
    # Not armed from here: a check changes nothing.
    return LatchFile(state_dir).load() if (state_dir / TRIPPED).exists() else None


# probing ------------------------------------------------------------------------------------


async def _probe(question: Callable[[], Awaitable[T]]) -> T | Failed:
    try:
        return await question()
    except (PmmError, OSError, msgspec.MsgspecError) as error:
        return _failed(error)


def _probe_here(question: Callable[[], T]) -> T | Failed:
    try:
        return question()
    except (PmmError, OSError) as error:
        return _failed(error)


def _failed(error: Exception) -> Failed:
    # The text of a stranger's error may quote what must not be printed.
    return Failed(str(error) if isinstance(error, PmmError) else type(error).__name__)
