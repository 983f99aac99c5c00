"""The exchange's own library at the local exchange: signing, a life of orders, and secrecy."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import cast

import pytest
import pytest_asyncio
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak
from polymarket import PRODUCTION, AsyncSecureClient
from polymarket._internal.actions.orders import typed_data
from polymarket._internal.actions.orders.types import BYTES32_ZERO, UnsignedOrder

from bot.domain.errors import (
    OutcomeUnknown,
    SettingsError,
    VenueUnavailable,
)
from bot.domain.market import Side
from bot.domain.orders import NewOrder, OrderId
from bot.domain.reports import RejectionReason
from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.control import Print, do
from bot.sandbox.exchange.server import Server
from bot.sandbox.exchange.state import Exchange
from bot.venues.polymarket import client
from bot.venues.polymarket.client import NATIVE_BACKEND, PolymarketClient, environment
from bot.venues.polymarket.client_words import sealed
from bot.venues.polymarket.exchange import AccountKeys, SignedOrder
from bot.venues.polymarket.outcomes import Refused, Taken
from bot.venues.polymarket.rate_limit import SignerLimits
from bot.venues.polymarket.user_wire import OrderState
from tests.bot.sandbox.exchange.world import MARKET, NO, QUICK, YES, opening_flow, shares
from tests.bot.venues.polymarket.scripted_exchange import (
    ADDRESS,
    CLOCK,
    KEY,
    STREAM,
    answering,
    bid,
    fails,
)


@pytest_asyncio.fixture
async def account() -> AsyncIterator[PolymarketClient]:
    """The client at a local exchange, as a plain key."""
    exchange = Exchange([MARKET], QUICK, CLOCK.now_ns())
    async with (
        Server(exchange, opening_flow(), CLOCK) as server,
        client.connect(AccountKeys(KEY), SignerLimits(), CLOCK, environment(server.url)) as made,
    ):
        yield made


# signing --------------------------------------------------------------------------------------


def test_another_environment_differs_from_production_in_its_hosts_alone() -> None:
    """Contracts, chain and derivations are production's."""
    moved = environment("http://127.0.0.1:1", "http://127.0.0.1:2")._config
    same = [
        name
        for name in moved.__slots__
        if getattr(moved, name) == getattr(PRODUCTION._config, name)
    ]
    assert {"clob_url", "relayer_url"} == set(moved.__slots__) - set(same)
    kept = environment("http://127.0.0.1:1")._config
    assert PRODUCTION._config.relayer_url == kept.relayer_url


async def test_signing_is_native(account: PolymarketClient) -> None:
    """Coincurve signs: twenty times as fast as Python."""
    assert NATIVE_BACKEND == type(account._context.signer._key_obj.backend).__name__


@pytest.mark.parametrize("neg_risk", [False, True])
@pytest.mark.parametrize("signature_type", [0, 1, 2])
def test_the_order_id_is_the_hash_of_eip_712(*, neg_risk: bool, signature_type: int) -> None:
    """Against the independent encoder of eth-account."""
    config = PRODUCTION._config
    order = UnsignedOrder(
        chain_id=137, builder=BYTES32_ZERO,
        exchange_address=config.neg_risk_exchange if neg_risk else config.standard_exchange,  # type: ignore[arg-type]
        expiration=0, maker=ADDRESS, maker_amount=4_900_000, metadata=BYTES32_ZERO,
        order_type="GTC", salt=12345, side="BUY", signature_type=signature_type,
        signer=ADDRESS, taker_amount=10_000_000, timestamp=1_700_000_000_000,
        token_id=YES,  # type: ignore[arg-type]
    )  # fmt: skip
    message = encode_typed_data(full_message=typed_data.build_order_typed_data(order))
    digest = keccak(b"\x19" + message.version + message.header + message.body)
    assert f"0x{digest.hex()}" == client.order_hash(order)


async def test_the_id_is_known_before_posting(account: PolymarketClient) -> None:
    """The exchange answers with the id that we computed."""
    signed = account.sign(bid(), MARKET, None)
    assert [Taken(signed.order_id)] == await account.post([signed])
    found = await account.order(signed.order_id)
    assert found is not None
    assert (signed.order_id, OrderState.LIVE, 0) == (found.order_id, found.state, found.matched)


async def test_it_is_noted_when_an_order_left(account: PolymarketClient) -> None:
    """The last byte of its request went out after signing and before the answer."""
    first, second = (account.sign(bid(price), MARKET, None) for price in (4_900, 4_800))
    began_ns = CLOCK.now_ns()
    await account.post([first, second])
    assert first.trip.left_ns == second.trip.left_ns
    assert first.trip.left_ns is not None
    assert began_ns < first.trip.left_ns < CLOCK.now_ns()
    third = account.sign(bid(4_700), MARKET, None)
    await account.open_orders()
    await account.keep_warm()
    assert third.trip.left_ns is None


@pytest.mark.parametrize("side", list(Side))
async def test_what_is_signed_is_what_was_wanted(account: PolymarketClient, side: Side) -> None:
    """Post-only, the amounts of its side, and the end of a GTD."""
    order = NewOrder(decision_id=1, token=NO, side=side, price=3_700, size=shares(10.03), level=0)
    end_s = CLOCK.now_ns() // NS_PER_S + 600
    made = sealed(account.sign(order, MARKET, end_s))
    cash, tokens = 3_711_100, 10_030_000
    expected = (cash, tokens) if side is Side.BUY else (tokens, cash)
    assert expected == (made.maker_amount, made.taker_amount)
    assert (True, "GTD", end_s, str(NO)) == (
        made.post_only, made.order_type, made.expiration, str(made.token_id),
    )  # fmt: skip
    assert "GTC" == sealed(account.sign(order, MARKET, None)).order_type


async def test_an_order_of_somebody_else_is_our_bug(account: PolymarketClient) -> None:
    """Only what this client signed can be posted."""
    with pytest.raises(TypeError, match="not signed by this client"):
        await account.post([SignedOrder(OrderId("0x1"), "paper")])


# a life at the exchange -----------------------------------------------------------------------


async def test_a_batch_has_an_answer_for_each(account: PolymarketClient) -> None:
    """One rests, one crosses."""
    good, bad = account.sign(bid(4_700), MARKET, None), account.sign(bid(5_200), MARKET, None)
    first, second = await account.post([good, bad])
    assert Taken(good.order_id) == first
    assert isinstance(second, Refused)
    assert (bad.order_id, RejectionReason.POST_ONLY_CROSS) == (second.order_id, second.reason)


async def test_orders_are_listed_and_cancelled(account: PolymarketClient) -> None:
    """One by id, one with everything, and a stranger's not at all."""
    one, two = (account.sign(bid(price), MARKET, None) for price in (4_700, 4_600))
    await account.post([one, two])
    assert {one.order_id, two.order_id} == {o.order_id for o in await account.open_orders()}
    answer = await account.cancel([one.order_id, OrderId("0x" + "00" * 32)])
    assert (one.order_id,) == answer.canceled
    assert ["0x" + "00" * 32] == list(answer.refused)
    assert (two.order_id,) == (await account.cancel_all()).canceled
    assert [] == await account.open_orders()


async def test_the_account_can_be_read(account: PolymarketClient) -> None:
    """Money, tokens, trades, mode, version, time."""
    balances = await account.balances([YES, NO])
    assert (QUICK.cash, {YES: 0, NO: 0}) == (balances.cash, balances.tokens)
    assert [] == await account.trades(0)
    assert await account.order(OrderId("0x" + "00" * 32)) is None
    assert (False, 2) == (await account.is_closed_only(), await account.version())
    assert abs(await account.time_s() - CLOCK.now_ns() // NS_PER_S) <= 2
    assert ADDRESS == account.address


async def test_a_broken_chain_of_beats_is_put_right_at_once(account: PolymarketClient) -> None:
    """The exchange tells the id that it expects."""
    second = await account.heartbeat(await account.heartbeat(""))
    assert second != await account.heartbeat("wrong")


# secrets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("private_key", ["", "0x12", "secret-key", "0x" + "zz" * 32])
async def test_a_bad_key_is_named_but_not_shown(private_key: str) -> None:
    """The error is about the key and does not contain it."""
    with pytest.raises(SettingsError) as caught:
        async with client.connect(AccountKeys(private_key), SignerLimits(), CLOCK):
            pass
    assert "private key" in str(caught.value)
    assert private_key == "" or private_key not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_a_login_that_fails_is_an_unavailable_venue() -> None:
    """Nobody listens on this port."""
    with pytest.raises(VenueUnavailable, match="cannot log in"):
        async with client.connect(
            AccountKeys(KEY), SignerLimits(), CLOCK, environment("http://127.0.0.1:1")
        ):
            pass


async def test_a_wallet_that_is_none_is_refused() -> None:
    """Before anything is sent."""
    with pytest.raises(SettingsError, match="private key or the wallet"):
        async with client.connect(AccountKeys(KEY, "not-a-wallet"), SignerLimits(), CLOCK):
            pass


async def test_no_secret_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    """A whole life with every logger at DEBUG, and an error."""
    caplog.set_level(logging.DEBUG)
    async with answering(fails(500, "boom")) as account:
        answers = await account.post([account.sign(bid(), MARKET, None)])
        shown = caplog.text + repr([account, account.stream_keys, answers])
        assert "hpack" not in {record.name.split(".")[0] for record in caplog.records}
    assert not logging.getLogger("hpack").isEnabledFor(logging.DEBUG)
    for secret in (KEY, KEY[2:], STREAM.secret, STREAM.passphrase, STREAM.api_key):
        assert secret not in shown
    assert '"AccountKeys(...)"' == json.dumps(repr(AccountKeys(KEY, None, STREAM)))


async def test_trades_are_read_with_our_leg_in_them() -> None:
    """A stranger hits our bid: the list has the leg that the user channel would tell."""
    exchange = Exchange([MARKET], QUICK, CLOCK.now_ns())
    async with (
        Server(exchange, opening_flow(), CLOCK) as server,
        client.connect(AccountKeys(KEY), SignerLimits(), CLOCK, environment(server.url)) as account,
    ):
        signed = account.sign(bid(), MARKET, None)
        await account.post([signed])
        do(exchange, Print(YES, Side.SELL, 4_900, shares(4)), CLOCK.now_ns())
        (trade,) = await account.trades(CLOCK.now_ns() // NS_PER_S - 60)
        assert [] == await account.trades(CLOCK.now_ns() // NS_PER_S + 60)
    (leg,) = (leg for leg in trade.legs if leg.order_id == signed.order_id)
    assert (YES, 4_900, shares(4), False) == (leg.token, leg.price, leg.size, leg.is_taker)
    assert trade.ts_venue_ns is not None


class Crashing:
    """The library at a moment when what is below it crashes."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def cancel_all(self) -> None:
        """As HTTP/2 does when a stream is gone already."""
        raise self._error


@pytest.mark.parametrize("error", [KeyError(7), RuntimeError("closed"), TimeoutError()])
async def test_a_sweep_survives_a_crash_below_the_library(
    account: PolymarketClient, error: Exception
) -> None:
    """It proves nothing, so the sweep looks at the list and tries again; it never ends the bot."""
    library = account._sdk
    account._sdk = cast("AsyncSecureClient", Crashing(error))
    with pytest.raises(OutcomeUnknown):
        await account.cancel_all()
    account._sdk = library
    assert () == (await account.cancel_all()).canceled
