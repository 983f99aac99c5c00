"""What the failures of the exchange's own library become: one of our errors, or an answer."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from bot.domain.errors import (
    OutcomeUnknown,
    RateLimited,
    VenueUnavailable,
)
from bot.domain.orders import OrderId
from bot.domain.reports import RejectionReason
from bot.sandbox.exchange.server import Server
from bot.sandbox.exchange.state import Exchange
from bot.venues.polymarket import client
from bot.venues.polymarket.client import environment
from bot.venues.polymarket.exchange import AccountKeys, DayIncome
from bot.venues.polymarket.outcomes import Refused, Unproven
from bot.venues.polymarket.rate_limit import SignerLimits
from tests.bot.sandbox.exchange.world import MARKET, QUICK, YES, opening_flow
from tests.bot.venues.polymarket.scripted_exchange import (
    ADDRESS,
    CLOCK,
    KEY,
    Reply,
    answering,
    bid,
    fails,
    hangs_up,
)

POLY = {"Poly-RateLimit-Remaining": "0", "Poly-RateLimit-Tier": "Gold", "Retry-After": "3"}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (fails(400, "invalid signature"), RejectionReason.AUTH),
        (fails(403, "Trading restricted in your region"), RejectionReason.GEOBLOCK),
        (fails(429, "Too Many Requests", POLY), RejectionReason.RATE_LIMIT),
        (fails(429), None),
        (fails(425, "engine restarting"), None),
        (fails(500, "order timed out"), None),
        (fails(400, "order 0x1 is invalid. Duplicated."), None),
        (hangs_up, None),
    ],
    ids=["400", "403", "429 signer", "429 bare", "425", "500", "duplicated", "cut"],
)
async def test_a_failed_post_is_refused_or_unproven(
    reply: Reply, expected: RejectionReason | None
) -> None:
    """For each order of the request."""
    async with answering(reply) as account:
        signed = [account.sign(bid(), MARKET, None) for _ in range(2)]
        answers = await account.post(signed)
    if expected is None:
        assert [Unproven] * 2 == [type(answer) for answer in answers]
    else:
        assert [expected] * 2 == [
            answer.reason for answer in answers if isinstance(answer, Refused)
        ]


async def test_answers_that_do_not_fit_prove_nothing() -> None:
    """Too few of them, another order's id, or no answer at all."""

    def says(*bodies: object) -> Reply:
        queue = list(bodies)

        async def reply(_: web.Request) -> web.StreamResponse:
            return web.json_response(queue.pop(0))

        return reply

    taken = {
        "success": True, "errorMsg": "", "orderID": "0xother", "status": "live",
        "makingAmount": "", "takingAmount": "",
    }  # fmt: skip
    odd = taken | {"status": "surprise"}
    async with answering(says([taken], taken, odd, {"what": 1})) as account:
        one, two = (account.sign(bid(), MARKET, None) for _ in range(2))
        assert [Unproven] * 2 == [type(a) for a in await account.post([one, two])]
        for _ in range(3):
            (answer,) = await account.post([one])
            assert isinstance(answer, Unproven)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (fails(429, "", POLY), RateLimited),
        (fails(503, "Trading is currently disabled"), OutcomeUnknown),
        (hangs_up, OutcomeUnknown),
    ],
    ids=["429", "503", "cut"],
)
async def test_a_failed_cancel_raises_what_is_known(reply: Reply, error: type[Exception]) -> None:
    """Of some orders and of all."""
    async with answering(reply) as account:
        with pytest.raises(error):
            await account.cancel([OrderId("0x1")])
        with pytest.raises(error):
            await account.cancel_all()


async def test_a_refused_cancel_answers_for_each_order() -> None:
    """And raises where there is no order to answer for."""
    async with answering(fails(400, "Invalid orderID")) as account:
        answer = await account.cancel([OrderId("0x1")])
        assert ["0x1"] == list(answer.refused)
        with pytest.raises(VenueUnavailable, match="Invalid orderID"):
            await account.cancel_all()


async def test_a_failed_question_is_never_an_empty_answer() -> None:
    """Every read raises."""
    async with answering(fails(502)) as account:
        for question in (
            account.open_orders(), account.order(OrderId("0x1")), account.trades(0),
            account.balances([YES]), account.heartbeat(""), account.is_closed_only(),
            account.version(), account.time_s(),
        ):  # fmt: skip
            with pytest.raises(VenueUnavailable, match="cannot ask for"):
                await question
    async with answering(fails(429, "", POLY)) as account:
        with pytest.raises(RateLimited) as caught:
            await account.open_orders()
    assert 3.0 == caught.value.retry_after_s


async def test_an_answer_that_cannot_be_read_is_a_failed_question() -> None:
    """JSON of another shape."""

    async def reply(_: web.Request) -> web.StreamResponse:
        return web.json_response({"surprise": True})

    async with answering(reply) as account:
        with pytest.raises(VenueUnavailable, match="cannot read the answer"):
            await account.version()
        with pytest.raises(VenueUnavailable, match="open orders"):
            await account.open_orders()


async def test_null_for_an_order_is_an_order_it_does_not_know() -> None:
    """So it answers for some that rest no more; a doubt would have no end otherwise."""

    async def reply(_: web.Request) -> web.StreamResponse:
        return web.json_response(None)

    async with answering(reply) as account:
        assert await account.order(OrderId("0x1")) is None


async def test_a_days_income_is_added_up() -> None:
    """Rewards by the rate of their asset, rebates in dollars; cut to whole units."""
    market = "0x" + "ab" * 32
    earned = {"date": "2026-11-22T00:00:00Z", "asset_address": "0x1", "maker_address": ADDRESS}
    paid = {"date": "2026-11-22", "asset_address": "0x1", "maker_address": ADDRESS}

    async def reply(request: web.Request) -> web.StreamResponse:
        if request.path == "/rewards/user/total":
            assert ("2026-11-22", "true") == (request.query["date"], request.query["sponsored"])
            lots = ({"asset_rate": 1, "earnings": "1.5"}, {"asset_rate": "0.5", "earnings": "3"})
            return web.json_response([earned | lot for lot in lots])
        amounts = ("0.25", "0.0000019")
        return web.json_response(
            [paid | {"condition_id": market, "rebated_fees_usdc": each} for each in amounts]
        )

    async with answering(reply) as account:
        assert DayIncome(3_000_000, 250_001) == await account.income("2026-11-22")
    async with answering(fails(502)) as account:
        with pytest.raises(VenueUnavailable, match="rewards and rebates"):
            await account.income("2026-11-22")


async def test_the_tier_and_the_pause_are_heeded() -> None:
    """Headers of an answer change our pace."""
    async with answering(fails(429, "", POLY)) as account:
        await account.post([account.sign(bid(), MARKET, None)])
        assert ("gold", 0.0) == (account.limits.tier, account.limits.remaining)
        assert account.limits.is_held(CLOCK.now_ns())
    async with answering(fails(400, "invalid signature")) as account:
        await account.post([account.sign(bid(), MARKET, None)])
        assert not account.limits.is_held(CLOCK.now_ns())


async def test_what_never_left_was_refused() -> None:
    """Nobody listens any more."""
    exchange = Exchange([MARKET], QUICK, CLOCK.now_ns())
    async with AsyncExitStack() as left_open:
        async with Server(exchange, opening_flow(), CLOCK) as server:
            where = environment(server.url)
            account = await left_open.enter_async_context(
                client.connect(AccountKeys(KEY), SignerLimits(), CLOCK, where)
            )
        (answer,) = await account.post([account.sign(bid(), MARKET, None)])
    assert isinstance(answer, Refused)
    assert answer.text.startswith("not sent")
