"""One suite, both venues: the same scenario gives the same reports on paper and for real."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
import pytest_asyncio

from bot.domain.errors import InputError, InvariantError
from bot.domain.market import Side, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.ports import NEVER
from bot.domain.reports import (
    Accepted,
    Canceled,
    CancelReason,
    CancelRefused,
    Filled,
    Rejected,
    RejectionReason,
    TradeState,
    TradeUpdate,
    VenueReport,
)
from tests.bot.sandbox.exchange.world import NO, YES, shares
from tests.conformance.stages import Done, Stage, paper_stage, place, sandbox_stage

Opening = Callable[[], AbstractAsyncContextManager[Stage]]


@pytest_asyncio.fixture(params=[paper_stage, sandbox_stage], ids=["paper", "polymarket"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Each venue in turn."""
    opening: Opening = request.param
    async with opening() as opened:
        yield opened


def bid(token: TokenId = YES, price: int = 4_900, size: float = 10) -> NewOrder:
    """An offer to buy; by default inside the spread, ahead of everybody."""
    return NewOrder(
        decision_id=1, token=token, side=Side.BUY, price=price, size=shares(size), level=-1
    )


def has(kind: type, count: int = 1) -> Done:
    """True once so many reports of a kind came."""
    return lambda reports: sum(isinstance(report, kind) for report in reports) >= count


def kinds(reports: list[VenueReport]) -> list[str]:
    """What happened, without what cannot be the same: ids, times and mere progress."""
    progress = {TradeState.MINED, TradeState.RETRYING}
    return [
        type(report).__name__
        for report in reports
        if not (isinstance(report, TradeUpdate) and report.state in progress)
    ]


def is_settled(reports: list[VenueReport]) -> bool:
    """True once a trade is confirmed."""
    return any(isinstance(r, TradeUpdate) and r.state is TradeState.CONFIRMED for r in reports)


async def test_an_order_rests_behind_what_is_shown(stage: Stage) -> None:
    """Accepted, with the size shown at its price as the queue ahead."""
    order_id = place(stage, bid(price=4_800))
    await stage.until(has(Accepted))
    assert [Accepted(order_id, shares(100))] == stage.reports
    assert NEVER == stage.venue.next_due_ns


async def test_an_order_is_taken_off_when_asked(stage: Stage) -> None:
    """Accepted, then canceled because we asked."""
    order_id = place(stage, bid())
    await stage.until(has(Accepted))
    stage.venue.cancel(order_id, stage.now_ns())
    await stage.until(has(Canceled))
    assert [Accepted(order_id, 0), Canceled(order_id, CancelReason.REQUESTED)] == stage.reports


async def test_a_second_cancel_is_refused(stage: Stage) -> None:
    """Every request has its answer."""
    order_id = place(stage, bid())
    await stage.until(has(Accepted))
    for report in (Canceled, CancelRefused):
        stage.venue.cancel(order_id, stage.now_ns())
        await stage.until(has(report))
    assert ["Accepted", "Canceled", "CancelRefused"] == kinds(stage.reports)


async def test_a_print_fills_and_settles(stage: Stage) -> None:
    """Accepted, filled as a maker for nothing, confirmed."""
    order_id = place(stage, bid())
    await stage.until(has(Accepted))
    stage.stranger_trades(YES, Side.SELL, 4_900, shares(10))
    await stage.until(is_settled)
    assert ["Accepted", "Filled", "TradeUpdate"] == kinds(stage.reports)
    (fill,) = (report for report in stage.reports if isinstance(report, Filled))
    assert (order_id, YES, Side.BUY, 4_900, shares(10), 0) == (
        fill.order_id, fill.token, fill.side, fill.price, fill.size, fill.fee,
    )  # fmt: skip


async def test_a_buyer_of_the_other_token_fills_us(stage: Stage) -> None:
    """A pair is minted: our bid for NO trades on NO, at our price, as a BUY."""
    order_id = place(stage, bid(NO, 4_900, 6))
    await stage.until(has(Accepted))
    stage.stranger_trades(YES, Side.BUY, 5_100, shares(6))
    await stage.until(has(Filled))
    (fill,) = (report for report in stage.reports if isinstance(report, Filled))
    assert (order_id, NO, Side.BUY, 4_900, shares(6)) == (
        fill.order_id, fill.token, fill.side, fill.price, fill.size,
    )  # fmt: skip


async def test_a_part_fills_and_the_rest_is_taken_off(stage: Stage) -> None:
    """Half trades, half is canceled."""
    order_id = place(stage, bid())
    await stage.until(has(Accepted))
    stage.stranger_trades(YES, Side.SELL, 4_900, shares(5))
    await stage.until(is_settled)
    stage.venue.cancel(order_id, stage.now_ns())
    await stage.until(has(Canceled))
    assert ["Accepted", "Filled", "TradeUpdate", "Canceled"] == kinds(stage.reports)


async def test_a_filled_order_cannot_be_canceled(stage: Stage) -> None:
    """The cancel came too late and says so."""
    order_id = place(stage, bid())
    await stage.until(has(Accepted))
    stage.stranger_trades(YES, Side.SELL, 4_900, shares(10))
    await stage.until(is_settled)
    stage.venue.cancel(order_id, stage.now_ns())
    await stage.until(has(CancelRefused))
    assert ["Accepted", "Filled", "TradeUpdate", "CancelRefused"] == kinds(stage.reports)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (bid(price=5_200), RejectionReason.POST_ONLY_CROSS),
        (bid(size=1), RejectionReason.MIN_SIZE),
        (bid(price=4_850), RejectionReason.TICK_SIZE),
        (bid(size=1_000), RejectionReason.BALANCE),
    ],
    ids=lambda value: value.value if isinstance(value, RejectionReason) else "",
)
async def test_a_bad_order_is_refused_for_the_same_reason(
    stage: Stage, order: NewOrder, reason: RejectionReason
) -> None:
    """Post-only, minimum size, grid and balance are judged alike."""
    order_id = place(stage, order)
    await stage.until(has(Rejected))
    assert [(order_id, reason)] == [
        (report.order_id, report.reason) for report in stage.reports if isinstance(report, Rejected)
    ]
    assert 1 == len(stage.reports)


async def test_a_cancel_never_overtakes_its_order(stage: Stage) -> None:
    """Asked for at once: the order is off in the end, and nothing else is reported after."""
    order_id = place(stage, bid())
    stage.venue.cancel(order_id, stage.now_ns())
    await stage.until(has(Canceled))
    assert Canceled(order_id) == stage.reports[-1]


async def test_everything_is_taken_off_at_once(stage: Stage) -> None:
    """Cancel-all ends every resting order."""
    ids = {place(stage, bid(price=price, size=5)) for price in (4_700, 4_600)}
    await stage.until(has(Accepted, 2))
    stage.venue.cancel_all(stage.now_ns())
    await stage.until(has(Canceled, 2))
    assert ids == {report.order_id for report in stage.reports if isinstance(report, Canceled)}


async def test_an_order_sent_twice_is_one_order(stage: Stage) -> None:
    """The second sending is a duplicate."""
    order_id = place(stage, bid())
    await stage.until(has(Accepted))
    stage.venue.submit(order_id, stage.now_ns())
    await stage.until(has(Rejected))
    assert RejectionReason.DUPLICATE == next(
        report.reason for report in stage.reports if isinstance(report, Rejected)
    )


async def test_wrong_use_is_an_error(stage: Stage) -> None:
    """An order never prepared, and a token of no market."""
    with pytest.raises(InvariantError, match="never prepared"):
        stage.venue.submit(OrderId("0xbad"), stage.now_ns())
    with pytest.raises(InputError, match="token"):
        stage.venue.prepare(bid(TokenId("5" * 77)))
