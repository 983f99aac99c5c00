"""The probes find what is there, at a local exchange, and a failed one hides no other."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from eth_account import Account as EthAccount

from bot.domain.errors import VenueUnavailable
from bot.domain.market import TokenId
from bot.journal.segment import segments
from bot.latch import LatchFile
from bot.live.past import MEMORY_NS
from bot.lock import EngineLock
from bot.preflight.checks import Failed, Probed
from bot.preflight.probes import Account, probe_all
from bot.risk.kill_switch import Latch
from bot.sandbox.exchange.server import Server
from bot.sandbox.exchange.state import Exchange
from bot.settings import Secrets, Settings
from bot.venues.polymarket.client import connect, environment
from bot.venues.polymarket.exchange import AccountKeys, Balances
from bot.venues.polymarket.rate_limit import SignerLimits
from bot.venues.polymarket.user_wire import OrderNews
from bot.wallet.chain import WalletState
from tests.bot.live.test_past import submitted, written
from tests.bot.preflight.test_checks import WALLET
from tests.bot.sandbox.exchange.world import (
    MARKET,
    OWNER_KEY,
    QUICK,
    MovableClock,
    opening_flow,
)

DEAD = "http://127.0.0.1:9"
ADDRESS = EthAccount.from_key(OWNER_KEY).address
PROXY = "0x6Cd089333445c89b55B7693c6009DCc229613738"
SAFE = "0x75F00B003FBBBA193FABEB06284c3187a4C1232E"
"""Wallets whose addresses follow from that key."""
T = TypeVar("T")
SECRETS = Secrets(AccountKeys(OWNER_KEY), None, is_live=True)


class FakeChain:
    """A chain that says the same for ever, or nothing."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.is_away = is_away
        self.asked: list[tuple[str, str]] = []

    def wallet(self, address: str, signer: str) -> WalletState:
        """Give the wallet."""
        self.asked.append((address, signer))
        return self._or_away(WALLET)

    def signatures(self, safe: str) -> int:
        """Need two, of whichever Safe."""
        return self._or_away(2)

    def without_code(self) -> tuple[str, ...]:
        """Give none."""
        return self._or_away(())

    def decimals(self) -> int:
        """Give 6."""
        return self._or_away(6)

    def _or_away(self, answer: T) -> T:
        if self.is_away:
            raise VenueUnavailable("no node answers")
        return answer


class FakeAccount:
    """An account whose every question fails."""

    address = ADDRESS

    async def is_closed_only(self) -> bool:
        """Fail."""
        raise VenueUnavailable("401 Unauthorized")

    async def refresh_balances(self, tokens: Sequence[TokenId]) -> None:
        """Fail."""
        raise VenueUnavailable("401 Unauthorized")

    async def balances(self, tokens: Sequence[TokenId]) -> Balances:
        """Fail."""
        raise VenueUnavailable("401 Unauthorized")

    async def open_orders(self) -> list[OrderNews]:
        """Fail."""
        raise VenueUnavailable("401 Unauthorized")


@asynccontextmanager
async def fake_login(keys: AccountKeys) -> AsyncIterator[Account]:
    """Let anybody in."""
    yield FakeAccount()


def no_login(keys: AccountKeys) -> AbstractAsyncContextManager[Account]:
    """Let nobody in."""
    return ClosedDoor()


class ClosedDoor:
    """A login that fails."""

    async def __aenter__(self) -> Account:
        """Fail."""
        raise VenueUnavailable("cannot log in")

    async def __aexit__(self, *error: object) -> None:
        """Leave."""


@asynccontextmanager
async def exchange() -> AsyncIterator[Server]:
    """A local exchange."""
    clock = MovableClock()
    async with Server(Exchange([MARKET], QUICK, clock.now_ns()), opening_flow(), clock) as server:
        yield server


def settings_for(server: Server, state_dir: Path) -> Settings:
    """Settings of a bot that trades there."""
    return Settings(
        clob_url=server.url,
        relayer_url=server.url,
        geoblock_url=f"{server.url}/api/geoblock",
        state_dir=str(state_dir),
    )


async def probed(settings: Settings, clock: MovableClock | None = None) -> Probed:
    """What the probes find with the real client."""
    time = clock or MovableClock()

    @asynccontextmanager
    async def login(keys: AccountKeys) -> AsyncIterator[Account]:
        where = environment(settings.clob_url, settings.relayer_url)
        async with connect(keys, SignerLimits(), time, where) as client:
            yield client

    return await probe_all(settings, SECRETS, login, FakeChain(), time)


async def test_healthy_exchange_is_seen_as_it_is(tmp_path: Path) -> None:
    """With the real client, signing and all."""
    async with exchange() as server:
        found = await probed(settings_for(server, tmp_path))
    assert ADDRESS == found.login
    assert not isinstance(found.place, Failed)
    assert ("XX", False) == (found.place.country, found.place.is_blocked)
    assert (False, 2, ()) == (found.is_closed_only, found.version, found.open_orders)
    assert isinstance(found.skew_s, float)
    assert abs(found.skew_s) < 1.0
    assert isinstance(found.exchange_cash, int)
    assert (True, True, None) == (found.is_lock_free, found.is_state_writable, found.latch)
    assert frozenset() == found.known_orders


async def test_faults_of_the_exchange_are_seen(tmp_path: Path) -> None:
    """A blocked place, an account that may only reduce, and a clock that is wrong."""
    async with exchange() as server:
        server.exchange.change_faults(b'{"is_geoblocked": true, "is_closed_only": true}')
        clock = MovableClock()
        settings = settings_for(server, tmp_path)
        found = await probed(settings, clock)
        clock.skip(20.0)
        late = await probe_all(settings, SECRETS, fake_login, FakeChain(), clock)
    assert not isinstance(found.place, Failed)
    assert found.place.is_blocked
    assert found.is_closed_only is True
    assert isinstance(late.skew_s, float)
    assert 18.0 < late.skew_s < 22.0


async def test_nobody_answers_and_every_probe_says_so(tmp_path: Path) -> None:
    """Nothing is raised, and nothing is taken for an answer."""
    settings = Settings(clob_url=DEAD, geoblock_url=DEAD, state_dir=str(tmp_path))
    chain = FakeChain(is_away=True)
    found = await probe_all(settings, SECRETS, no_login, chain, MovableClock())
    silent = ("place", "login", "is_closed_only", "skew_s", "version", "without_code", "decimals",
              "wallet", "exchange_cash", "open_orders")  # fmt: skip
    assert all(isinstance(getattr(found, name), Failed) for name in silent)


async def test_key_that_signs_nothing_valid_is_no_login(tmp_path: Path) -> None:
    """The address alone proves nothing."""
    settings = Settings(clob_url=DEAD, geoblock_url=DEAD, state_dir=str(tmp_path))
    found = await probe_all(settings, SECRETS, fake_login, FakeChain(), MovableClock())
    assert Failed("401 Unauthorized") == found.login == found.open_orders


async def test_without_a_key_what_needs_none_is_still_asked(tmp_path: Path) -> None:
    """The chain's contracts, the clock, the place."""
    async with exchange() as server:
        settings = settings_for(server, tmp_path)
        secrets = Secrets(None, None, is_live=False)
        found = await probe_all(settings, secrets, no_login, FakeChain(), MovableClock())
    assert isinstance(found.login, Failed)
    assert "PMM_PRIVATE_KEY" in found.login.reason
    assert isinstance(found.wallet, Failed)
    assert isinstance(found.wallet_is, Failed)
    assert (2, (), 6) == (found.version, found.without_code, found.decimals)


async def test_wallet_is_the_one_of_the_settings_and_the_signer_pays(tmp_path: Path) -> None:
    """Whatever kind it is."""
    other = "0x" + "b" * 40
    settings = Settings(clob_url=DEAD, geoblock_url=DEAD, state_dir=str(tmp_path), wallet=other)
    chain = FakeChain()
    found = await probe_all(settings, SECRETS, fake_login, chain, MovableClock())
    assert [(other, ADDRESS)] == chain.asked
    assert ("deposit", "") == (found.wallet_kind, found.wallet_is)
    plain = msgspec.structs.replace(settings, wallet="")
    assert "eoa" == (await probe_all(plain, SECRETS, fake_login, chain, MovableClock())).wallet_kind


async def test_what_the_wallet_is_follows_from_the_key(tmp_path: Path) -> None:
    """Also where nothing answers; a Safe is asked how many signatures it needs."""
    settings = Settings(clob_url=DEAD, geoblock_url=DEAD, state_dir=str(tmp_path))
    for wallet, kind, signatures in ((PROXY, "proxy", 1), (SAFE, "safe", 2), ("", "eoa", 1)):
        owned = msgspec.structs.replace(settings, wallet=wallet)
        found = await probe_all(owned, SECRETS, fake_login, FakeChain(), MovableClock())
        assert kind == found.wallet_is
        assert isinstance(found.wallet, WalletState)
        assert signatures == found.wallet.signatures
    bad = msgspec.structs.replace(settings, wallet="0x12")
    found = await probe_all(bad, SECRETS, fake_login, FakeChain(), MovableClock())
    assert Failed("'0x12' is no address: 0x and 40 hex digits") == found.wallet_is == found.wallet


async def test_state_of_the_disk_is_found_and_left_alone(tmp_path: Path) -> None:
    """A tripped switch, a held lock, and a place where nothing can be written."""
    LatchFile(tmp_path).save(Latch(reason="loss", loss=1, tripped_ns=1))
    settings = Settings(clob_url=DEAD, geoblock_url=DEAD, state_dir=str(tmp_path))
    with EngineLock(tmp_path):
        found = await probe_all(settings, SECRETS, fake_login, FakeChain(), MovableClock())
    assert isinstance(found.latch, Latch)
    assert found.is_lock_free is False
    (tmp_path / "file").touch()
    below = msgspec.structs.replace(settings, state_dir=str(tmp_path / "file" / "state"))
    found = await probe_all(below, SECRETS, fake_login, FakeChain(), MovableClock())
    assert found.is_state_writable is False


async def test_journal_that_cannot_be_read_is_no_empty_journal(tmp_path: Path) -> None:
    """Else every order would be a stranger's, or none."""
    written(tmp_path / "journal", submitted("a", MovableClock().now_ns()))
    (segment,) = segments(tmp_path / "journal")
    segment.write_bytes(b"damaged\n" + segment.read_bytes())
    settings = Settings(clob_url=DEAD, geoblock_url=DEAD, state_dir=str(tmp_path))
    found = await probe_all(settings, SECRETS, fake_login, FakeChain(), MovableClock())
    assert isinstance(found.known_orders, Failed)


async def test_orders_that_a_start_would_know_are_known(tmp_path: Path) -> None:
    """A live bot's order of three days ago may rest still; a run before the last left nothing."""
    clock = MovableClock()
    now_ns = clock.now_ns()
    began_ns = now_ns - 4 * MEMORY_NS
    directory = tmp_path / "journal"
    written(directory, submitted("stale", began_ns - MEMORY_NS), began_ns=began_ns - MEMORY_NS)
    told = [submitted("old", now_ns - 3 * MEMORY_NS), submitted("new", now_ns - 1)]
    written(directory, *told, began_ns=began_ns)
    settings = Settings(clob_url=DEAD, geoblock_url=DEAD, state_dir=str(tmp_path))
    found = await probe_all(settings, SECRETS, fake_login, FakeChain(), clock)
    assert frozenset({"old", "new"}) == found.known_orders
