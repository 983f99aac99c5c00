"""The real venue when the exchange misbehaves: nothing is lost, nothing is counted twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
import pytest_asyncio

from bot.domain.market import Side
from bot.domain.orders import NewOrder
from bot.domain.reports import (
    Accepted,
    Canceled,
    Filled,
    Lost,
    Rejected,
    RejectionReason,
    TradeState,
    TradeUpdate,
    VenueReport,
)
from tests.bot.sandbox.exchange.world import YES, shares
from tests.conformance.stages import Done, SandboxStage, place, sandbox_stage

BID = NewOrder(decision_id=1, token=YES, side=Side.BUY, price=4_900, size=shares(10), level=-1)


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[SandboxStage]:
    """The real venue at a local exchange."""
    async with sandbox_stage() as opened:
        assert isinstance(opened, SandboxStage)
        yield opened


def order_faults(stage: SandboxStage, **faults: Any) -> None:  # noqa: ANN401 - any fault
    """Let things go wrong from now on."""
    stage.server.exchange.change_faults(msgspec.json.encode(faults))


def has(kind: type, count: int = 1) -> Done:
    """True once so many reports of a kind came."""
    return lambda reports: sum(isinstance(report, kind) for report in reports) >= count


def is_at(state: TradeState) -> Done:
    """True once a leg reached a stage, told as a fill or as a step."""
    return lambda reports: state in states(reports)


def states(reports: Sequence[VenueReport]) -> list[TradeState]:
    """The stages of all legs, in the order they were told."""
    return [report.state for report in reports if isinstance(report, Filled | TradeUpdate)]


async def fill(stage: SandboxStage) -> None:
    """Rest our bid and let a stranger hit it."""
    place(stage, BID)
    await stage.until(has(Accepted))
    stage.stranger_trades(YES, Side.SELL, 4_900, shares(10))


async def test_a_lost_answer_is_settled_by_the_order_id(stage: SandboxStage) -> None:
    """The order rests although its answer never came: lost, found, and placed once."""
    order_faults(stage, lose_answer=1.0, hold_s=0.05)
    order_id = place(stage, BID)
    await stage.until(lambda reports: reports[-1:] == [Accepted(order_id, 0)])
    order_faults(stage, lose_answer=0.0)
    assert [Accepted] == [type(r) for r in stage.reports if not isinstance(r, Lost)]
    assert [order_id] == [news.order_id for news in await stage.real._account.open_orders()]


async def test_a_failed_settlement_takes_the_fill_back(stage: SandboxStage) -> None:
    """Matched, then failed."""
    order_faults(stage, failed=1.0)
    await fill(stage)
    await stage.until(is_at(TradeState.FAILED))
    assert TradeState.FAILED is states(stage.reports)[-1]
    assert has(Filled)(stage.reports)


async def test_a_trade_first_heard_of_at_the_end_is_a_fill(stage: SandboxStage) -> None:
    """Nautilus #4692: nothing was sent before CONFIRMED."""
    order_faults(stage, hidden=1.0)
    await fill(stage)
    await stage.until(is_at(TradeState.CONFIRMED))
    assert [TradeState.CONFIRMED] == states(stage.reports)


async def test_duplicates_and_disorder_change_nothing(stage: SandboxStage) -> None:
    """Every message twice, some of them late: one fill, one end."""
    order_faults(stage, duplicate=1.0, reorder=0.5, retrying=0.5)
    await fill(stage)
    await stage.until(is_at(TradeState.CONFIRMED))
    assert 1 == sum(isinstance(report, Filled) for report in stage.reports)
    assert 1 == states(stage.reports).count(TradeState.CONFIRMED)


async def test_what_a_frozen_channel_hides_is_found_in_the_lists(stage: SandboxStage) -> None:
    """The socket lives and says nothing: the comparison finds fill and settlement."""
    place(stage, BID)
    await stage.until(has(Accepted))
    order_faults(stage, is_frozen=True)
    stage.stranger_trades(YES, Side.SELL, 4_900, shares(10))
    await stage.real._compare()
    await stage.until(has(Filled))
    assert 1 == sum(isinstance(report, Filled) for report in stage.reports)


async def test_an_exchange_that_only_cancels_lets_us_cancel(stage: SandboxStage) -> None:
    """No order gets in and the next one does not even leave; the one that rests goes off."""
    order_id = place(stage, BID)
    await stage.until(has(Accepted))
    order_faults(stage, mode="cancel_only", retry_after_s=60.0)
    place(stage, BID)
    await stage.until(has(Lost))
    held = place(stage, BID)
    await stage.until(has(Rejected))
    assert Rejected(held, RejectionReason.PAUSED) == stage.reports[-1]
    stage.venue.cancel(order_id, stage.now_ns())
    await stage.until(lambda reports: Canceled(order_id) in reports)


async def test_too_fast_is_refused_and_waits(stage: SandboxStage) -> None:
    """The signer's own limit is proof; the order after it stays here."""
    order_faults(stage, too_many=1.0, retry_after_s=60.0)
    place(stage, BID)
    await stage.until(has(Rejected))
    place(stage, BID)
    await stage.until(has(Rejected, 2))
    reasons = [report.reason for report in stage.reports if isinstance(report, Rejected)]
    assert [RejectionReason.RATE_LIMIT, RejectionReason.PAUSED] == reasons


async def test_a_graceful_stop_leaves_nothing_behind(stage: SandboxStage) -> None:
    """Everything is off, and the exchange's own list says so."""
    order_id = place(stage, BID)
    await stage.until(has(Accepted))
    swept = await stage.real.stop()
    assert swept.is_clean
    await stage.until(lambda reports: Canceled(order_id) in reports)
    assert [] == await stage.real._account.open_orders()
