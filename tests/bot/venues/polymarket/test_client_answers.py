"""Every answer of the exchange's error page, through real sockets, one order and a batch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from bot.sandbox.exchange.faults import Mode
from bot.sandbox.exchange.refusals import Reason, refusal
from bot.sandbox.exchange.server import Server
from bot.sandbox.exchange.state import Exchange
from bot.venues.polymarket import client
from bot.venues.polymarket.client import PolymarketClient, environment
from bot.venues.polymarket.exchange import AccountKeys
from bot.venues.polymarket.outcomes import PostAnswer, Refused, Unproven
from bot.venues.polymarket.rate_limit import SignerLimits
from tests.bot.sandbox.exchange.world import MARKET, QUICK, opening_flow
from tests.bot.venues.polymarket.scripted_exchange import CLOCK, KEY, bid

OPEN_4XX = {Reason.DUPLICATED, Reason.DELAYED}
"""400 that leave it open whether the order rests."""


@asynccontextmanager
async def open_world() -> AsyncIterator[tuple[Exchange, PolymarketClient]]:
    """A local exchange and the client that is logged in there; its burst is 60 orders."""
    exchange = Exchange([MARKET], QUICK, CLOCK.now_ns())
    async with (
        Server(exchange, opening_flow(), CLOCK) as server,
        client.connect(AccountKeys(KEY), SignerLimits(), CLOCK, environment(server.url)) as made,
    ):
        yield exchange, made


async def answered(made: PolymarketClient, count: int) -> list[type[PostAnswer]]:
    """What kind of answer each of `count` orders in one request gets."""
    signed = [made.sign(bid(4_900 - 100 * i), MARKET, None) for i in range(count)]
    return [type(answer) for answer in await made.post(signed)]


@pytest.mark.parametrize("count", [1, 2], ids=["one", "batch"])
async def test_only_a_proven_refusal_is_called_one(count: int) -> None:
    """What comes with 5xx is unknown in a batch too, where 200 hides the status."""
    async with open_world() as (exchange, made):
        for reason in Reason:
            exchange.change_faults(msgspec.json.encode({"reject": {reason.value: 1}}))
            is_proof = refusal(reason).status < 500 and reason not in OPEN_4XX
            expected = [Refused if is_proof else Unproven] * count
            assert expected == await answered(made, count), reason


@pytest.mark.parametrize("count", [1, 2], ids=["one", "batch"])
async def test_a_mode_of_the_exchange_proves_nothing(count: int) -> None:
    """425 and 503 may have come after the order."""
    async with open_world() as (exchange, made):
        for mode in (Mode.DISABLED, Mode.CANCEL_ONLY, Mode.RESTART):
            exchange.change_faults(msgspec.json.encode({"mode": mode.value}))
            assert [Unproven] * count == await answered(made, count), mode
