"""`python -m bot wallet ...`: shows what it would send, and sends it when told so."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import httpx
import msgspec
from eth_account.signers.local import LocalAccount

from bot.clock import SystemClock
from bot.domain.errors import SettingsError
from bot.domain.events import TransactionMined
from bot.domain.market import Market
from bot.domain.units import dollars, format_size, parse_cash
from bot.engine import Publisher
from bot.journal import Journal
from bot.settings import Secrets, Settings
from bot.venues.polymarket.gamma import GammaClient, GammaSettings
from bot.wallet import contracts, operations
from bot.wallet.chain import Chain, WalletState, checksummed
from bot.wallet.keys import signer_of
from bot.wallet.operations import Call
from bot.wallet.relayer import TIMEOUT_S, Relayer
from bot.wallet.rpc import nodes_of
from bot.wallet.safe import SafeSender
from bot.wallet.sender import GWEI, Mined, Sender, Tell

WEI_PER_POL = 10**18
NEEDS_MARKET = frozenset({"merge", "redeem"})


class WalletOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line may say.

    * `operation`: status, approve, wrap, unwrap, merge or redeem.
    * `amount`: dollars, or pairs for merge; "" for all there is.
    * `market`: slug, condition id or token, for merge and redeem.
    * `pol_usd`: what one POL is worth, to record gas in dollars; `None` when nobody said.
    * `is_sent`: False only shows.
    """

    operation: str
    amount: str = ""
    market: str = ""
    pol_usd: float | None = None
    is_sent: bool = False


class Courier(Protocol):
    """Who gets calls into a block; `Sender` and `Relayer` are two."""

    async def send(self, calls: Sequence[Call], tell: Tell) -> bool:
        """Send in order, tell of each that is mined; return whether all succeeded."""
        ...


def run_wallet(settings: Settings, secrets: Secrets, options: WalletOptions) -> int:
    """Show the wallet or what would be sent; send with `is_sent`. Returns the exit code.

    Raises InputError for what cannot work, VenueError when the chain cannot be asked or believed.
    """
    return asyncio.run(_run(settings, secrets, options))


async def _run(settings: Settings, secrets: Secrets, options: WalletOptions) -> int:
    if secrets.account is None:
        raise SettingsError("no key: set PMM_PRIVATE_KEY or PMM_PRIVATE_KEY_FILE")
    signer = signer_of(secrets.account.private_key)
    chain = Chain(nodes_of(settings.rpc_urls, contracts.CHAIN_ID))
    sys.stderr.write("asking the chain...\n")
    wallet = settings.wallet or signer.address
    state = await asyncio.to_thread(chain.wallet, wallet, signer.address)
    if options.operation == "status":
        sys.stdout.writelines(f"{line}\n" for line in status(state))
        return 0
    market = await _market(settings, options)
    calls = await asyncio.to_thread(_planned, chain, state, options, market)
    sys.stdout.writelines(f"{call.what}  ({call.to})\n" for call in calls)
    if not calls:
        sys.stdout.write("nothing to do\n")
        return 0
    if not options.is_sent:
        sys.stdout.write("nothing was sent: run this again with --yes\n")
        return 0
    with MinedLog(settings, options) as log:
        async with _courier(settings, secrets, signer, chain) as courier:
            is_done = await courier.send(calls, log.tell)
    sys.stdout.write("done\n" if is_done else "the chain reverted the last one: stopped there\n")
    return 0 if is_done else 1


def status(state: WalletState) -> list[str]:
    """Return the wallet in lines for a person."""
    return [
        f"wallet     {state.address}{'' if state.has_code else ' (no contract)'}",
        f"pUSD       {dollars(state.pusd):,.6f}",
        f"USDC.e     {dollars(state.usdc_e):,.6f}",
        f"POL (gas)  {state.gas_wei / WEI_PER_POL:,.6f}",
        f"approvals  {'missing: ' + ', '.join(state.missing) if state.missing else 'complete'}",
    ]


def _planned(
    chain: Chain, state: WalletState, options: WalletOptions, market: Market | None
) -> list[Call]:
    amount = _amount(options.amount)
    if market is not None:
        holdings = chain.holdings(state.address, market)
        held = f"{format_size(holdings.yes)} YES, {format_size(holdings.no)} NO"
        sys.stderr.write(f"{market.slug}: {held}\n")
        if options.operation == "merge":
            return operations.merge(state, holdings, market, amount)
        return operations.redeem(state, holdings, market)
    if options.operation == "approve":
        return operations.approve(state)
    make = operations.wrap if options.operation == "wrap" else operations.unwrap
    return make(state, amount)


def _amount(text: str) -> int | None:
    try:
        return parse_cash(text) if text else None
    except ValueError as error:
        raise SettingsError(f"--amount: {error}") from error


async def _market(settings: Settings, options: WalletOptions) -> Market | None:
    if options.operation not in NEEDS_MARKET:
        return None
    name = options.market or settings.market
    if not name:
        raise SettingsError(f"{options.operation} needs --market SLUG (or PMM_MARKET)")
    where, rng = GammaSettings(url=settings.gamma_url), random.Random(settings.seed)
    async with GammaClient(where, rng) as gamma:
        return await gamma.market(name)


@asynccontextmanager
async def _courier(
    settings: Settings, secrets: Secrets, signer: LocalAccount, chain: Chain
) -> AsyncIterator[Courier]:
    sender = Sender(chain.nodes, signer)
    kind = settings.wallet_kind
    if not settings.wallet or settings.wallet.lower() == signer.address.lower():
        yield sender
    elif kind == "safe":
        yield SafeSender(sender, chain.nodes, settings.wallet, signer)
    elif kind == "deposit" and secrets.relayer_key:
        base = httpx.AsyncClient(base_url=settings.relayer_url, timeout=TIMEOUT_S, trust_env=False)
        async with base as http:
            wallet = checksummed(settings.wallet)
            yield Relayer(http, signer, wallet, secrets.relayer_key, SystemClock())
    elif kind == "eoa":
        raise SettingsError("PMM_WALLET is not the key's own address: set PMM_WALLET_KIND")
    else:
        raise SettingsError(
            "a deposit wallet is moved by the exchange's relayer: set PMM_RELAYER_KEY (web site, "
            "Settings, API Keys), or do this on the web site"
        )


class MinedLog:
    """Writes down what was mined: a line for the person, an event in a journal of its own.

    Not in the bot's journal, which has one writer.
    """

    def __init__(self, settings: Settings, options: WalletOptions) -> None:
        """Open the journal in the state directory."""
        self._clock = SystemClock()
        now_ns = self._clock.now_ns()
        self._options = options
        self._journal = Journal(Path(settings.state_dir) / "wallet-journal", now_ns)
        self._publisher = Publisher(f"wallet-{now_ns:x}", (self._journal,))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Flush and close."""
        self._journal.close()

    def tell(self, mined: Mined) -> None:
        """Take one that is in a block."""
        word = "mined" if mined.succeeded else "REVERTED"
        sys.stdout.write(f"{word}: {mined.what}  {mined.transaction_hash}\n")
        cost_pol = mined.gas_used * mined.gas_price_wei / WEI_PER_POL
        pol_usd = self._options.pol_usd
        self._publisher.publish(
            TransactionMined(
                **self._publisher.stamp(self._clock.now_ns()),
                operation=self._options.operation,
                transaction_hash=mined.transaction_hash,
                succeeded=mined.succeeded,
                gas_used=mined.gas_used,
                gas_price_gwei=mined.gas_price_wei / GWEI,
                gas_cost_pol=cost_pol,
                gas_cost_usd=None if pol_usd is None else cost_pol * pol_usd,
            )
        )
