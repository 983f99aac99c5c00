"""One market and one event of every type, for the tests of this room."""

from typing import Any, TypeVar, get_args

import msgspec

from bot.domain import events
from bot.domain.agreement import Agreement
from bot.domain.book import BookState
from bot.domain.market import ConditionId, Market, Outcome, Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.reports import CancelReason, Evidence, RejectionReason, TradeState

T0 = 1_795_000_000_123_456_789
SECOND = 1_000_000_000
YES, NO = TokenId("111"), TokenId("222")
MARKET = Market(
    condition_id=ConditionId("0xaa"),
    slug="will-it-rain",
    question="Will it rain?",
    yes=YES,
    no=NO,
    tick=100,
    size_min=5_000_000,
)
SLUG = MARKET.slug

_RUN: dict[str, Any] = {"seq": 1, "ts_ns": T0, "run_id": "run-1"}
_MARKET: dict[str, Any] = {**_RUN, "market": SLUG}
_TOKEN: dict[str, Any] = {**_MARKET, "token": YES}
_ORDER: dict[str, Any] = {**_TOKEN, "order_id": OrderId("o1")}

_SAMPLES: tuple[events.Event, ...] = (
    events.RunStarted(
        **_RUN,
        version="0.1.0",
        venue="paper-tape",
        seed=2**63 - 25,
        config_hash="c0ffee",
        calibration_hash="priors",
        markets=(SLUG, 'größer, "besser" = ok\\'),
        outcomes={YES: Outcome.YES, NO: Outcome.NO},
        cash=25_000_000,
    ),
    events.RunStopped(**_RUN, reason='asked "twice", \\ once', open_orders=2),
    events.CalibrationLoaded(**_RUN, calibration_hash="beef", measured_until_ns=T0 - SECOND),
    events.BookStateChanged(**_TOKEN, state=BookState.VALID),
    events.FeedCounted(
        **_RUN,
        messages=100,
        level_changes=250,
        prints=3,
        damaged=1,
        unknown_tokens=2,
        pruned_levels=4,
        touch_mismatches=5,
        hash_mismatches=6,
        hash_checks=7,
        backward_steps=8,
        duplicates=9,
        gaps=10,
        clock_offset_ms=-1_230.0,
        latency_ms_p50=12.5,
        latency_ms_max=80.0,
    ),
    events.FeedLost(**_RUN, reason="connection closed\nby peer"),
    events.TickSizeChanged(**_TOKEN, ts_venue_ns=T0 - 7, tick=10),
    events.PriceJumped(**_MARKET, mid_before=5_000.0, mid_after=4_750.0, window_ms=800.0),
    events.QuoteSampled(
        **_MARKET,
        best_bid=4_900,
        best_ask=5_100,
        our_bid=4_900,
        our_ask=None,
        fair_price=4_987.123456789,
        volatility=3.5,
        net_size=-5_000_000,
    ),
    events.QuotingPaused(**_MARKET, reason="jump"),
    events.QuotingResumed(**_MARKET),
    events.OrderDenied(
        **_TOKEN,
        decision_id=4,
        control="capital",
        side=Side.BUY,
        price=4_900,
        size=5_000_000,
        allowed_size=0,
    ),
    events.OrderSubmitted(
        **_ORDER,
        decision_id=4,
        side=Side.BUY,
        price=4_900,
        size=10_000_000,
        level=0,
        mid=5_000.0,
        fair_price=None,
    ),
    events.OrderSent(
        **_ORDER,
        tick_to_order_ms=9.5,
        decide_ms=1.5,
        sign_ms=0.4,
        queue_ms=0.6,
        journal_ms=5.0,
        send_ms=2.0,
    ),
    events.OrderAccepted(**_ORDER, latency_ms=240.0, queue_position=150.5),
    events.OrderRejected(
        **_ORDER,
        rejection_reason=RejectionReason.RATE_LIMIT,
        latency_ms=90.0,
        gas_cost_usd=0.25,
    ),
    events.OrderLost(**_ORDER, latency_ms=10_000.0),
    events.CancelRequested(**_ORDER, decision_id=5, reason="replaced"),
    events.OrderCanceled(
        **_ORDER,
        cancel_reason=CancelReason.REQUESTED,
        latency_ms=260.0,
        resting_ms=4_000.0,
        size=10_000_000,
        filled=0,
    ),
    events.CancelRefused(**_ORDER, latency_ms=None),
    events.ReportIgnored(**_RUN, order_id=OrderId("o9"), report="Filled", reason="foreign"),
    events.OrderFilled(
        **_ORDER,
        ts_venue_ns=T0 - 20_000_000,
        trade_id="t1",
        decision_id=4,
        side=Side.BUY,
        price=4_900,
        size=4_000_000,
        level=0,
        evidence=Evidence.QUEUE,
        state=TradeState.MATCHED,
        mid_before=5_000.5,
        after_cancel=True,
        latency_ms=3_000.0,
        queue_position=0.0,
        fee=1_000,
        real_fee_bps=5.1,
        gas_cost_usd=0.5,
    ),
    events.TradeStateChanged(
        **_ORDER, trade_id="t1", state=TradeState.CONFIRMED, pending_ms=4_100.0
    ),
    events.QueueTraced(
        **_ORDER,
        side=Side.BUY,
        price=4_900,
        size=10_000_000,
        filled=4_000_000,
        queue_position=150.5,
        resting_ms=4_000.0,
        is_whole=True,
        observations=((1.234567, "a", 20.0, 150.5), (2.5, "p", 4.01, 170.5)),
    ),
    events.MarkoutMeasured(
        **_ORDER,
        trade_id="t1",
        side=Side.BUY,
        size=4_000_000,
        horizon_s=60,
        mid_before=5_000.5,
        mid_after=4_950.5,
        cost_cents=0.5,
        cost_bps=100.0,
    ),
    events.StaleQuoteMeasured(
        **_ORDER, side=Side.BUY, size=10_000_000, duration_ms=400.0, exposure_share_s=4.0
    ),
    events.EquityMarked(
        **_MARKET,
        cash=-1_960_000,
        realised=0,
        unrealised=20_000,
        equity=20_000,
        drawdown=5_000,
        fees=1_000,
        yes_settled=0,
        yes_pending=4_000_000,
        no_settled=1_000_000,
        no_pending=0,
    ),
    events.KillSwitchTripped(**_RUN, reason="loss", loss=5_100_000),
    events.IncomeReported(
        **_RUN,
        day="2026-11-21",
        rewards_usd=1.25,
        rebates_usd=0.5,
        rewards_added_usd=0.25,
        rebates_added_usd=0.0,
    ),
    events.TransactionMined(
        **_RUN,
        operation="approve",
        transaction_hash="0x" + "12" * 32,
        succeeded=True,
        gas_used=46_000,
        gas_price_gwei=30.0,
        gas_cost_pol=0.00138,
        gas_cost_usd=0.0003,
    ),
    events.OrderCompared(
        **_ORDER,
        decision_id=4,
        paper_order_id=OrderId("p-1-1"),
        side=Side.BUY,
        price=4_900,
        size=10_000_000,
        level=0,
        filled_paper=4_000_000,
        filled_production=0,
        agreement=Agreement.ONLY_PAPER,
    ),
)

SAMPLES: tuple[events.Event, ...] = tuple(
    msgspec.structs.replace(event, seq=number, ts_ns=T0 + number * SECOND)
    for number, event in enumerate(_SAMPLES, start=1)
)
"""One of each type, in the order of the union, numbered from 1 and a second apart."""

assert [type(event) for event in SAMPLES] == list(get_args(events.Event))

E = TypeVar("E", bound=events.Record)


def sample(kind: type[E], **changes: object) -> E:
    """Return the sample of one type with other values."""
    event = next(event for event in SAMPLES if isinstance(event, kind))
    return msgspec.structs.replace(event, **changes)
