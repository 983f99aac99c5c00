"""A reading adds up what the events say."""

from typing import Any

from bot.battery.gauge import BLOCK_NS, Gauge
from bot.domain import events
from bot.domain.book import BookState
from bot.domain.market import Side, TokenId
from bot.domain.units import CASH_SCALE, NS_PER_S, SIZE_SCALE
from tests.bot.battery.makers import UNTIL_NS

HOUR_NS = 3_600 * NS_PER_S
YES = TokenId("1")


def stamp(after_s: float, **fields: object) -> dict[str, Any]:
    """What every event carries, so many seconds after the start."""
    return {"seq": 1, "ts_ns": UNTIL_NS + round(after_s * NS_PER_S), "run_id": "x", **fields}


def started(*tokens: TokenId) -> Gauge:
    """A gauge at the start of a run."""
    gauge = Gauge(tokens)
    gauge.publish(
        events.RunStarted(
            **stamp(0),
            version="",
            venue="",
            seed=1,
            config_hash="",
            calibration_hash="",
            markets=("it-rains",),
        )
    )
    return gauge


def mark(after_s: float, usd: float, market: str = "it-rains", yes: int = 0) -> events.EquityMarked:
    """The account of a market."""
    cash = round(usd * CASH_SCALE)
    return events.EquityMarked(
        **stamp(after_s, market=market),
        cash=cash,
        realised=cash,
        unrealised=0,
        equity=cash,
        drawdown=0,
        fees=0,
        yes_settled=yes * SIZE_SCALE,
        yes_pending=0,
        no_settled=SIZE_SCALE,
        no_pending=0,
    )


def test_profit_is_the_sum_over_markets() -> None:
    """At the end, at the worst, and below the best."""
    gauge = started(YES)
    for event in (
        mark(60, 1.0),
        mark(60, 0.5, "it-snows", yes=3),
        mark(120, -2.0),
        mark(180, 0.25),
    ):
        gauge.publish(event)
    found = gauge.reading("monday", "base", UNTIL_NS + HOUR_NS, 10, 0)
    assert (0.75, -1.5, 3.0) == (found.pnl_usd, found.worst_usd, found.drawdown_usd)
    assert 1.0 + 2.0 == found.end_shares


def test_blocks_are_whole_quarters_of_an_hour() -> None:
    """Each with what was earned in it; the last, unfinished one is left out."""
    gauge = started(YES)
    quarter_s = BLOCK_NS / NS_PER_S
    for event in (mark(60, 1.0), mark(quarter_s + 60, 3.0), mark(3 * quarter_s, 4.0)):
        gauge.publish(event)
    found = gauge.reading("monday", "base", UNTIL_NS + HOUR_NS, 10, 0)
    assert (1.0, 2.0, 0.0) == found.block_pnl_usd


def test_time_without_a_trusted_book_is_counted() -> None:
    """From the start until the first book, and again until the end; the mean over markets."""
    gauge = started(YES, TokenId("3"))
    for after_s, token, state in (
        (360, "1", BookState.VALID),
        (0, "3", BookState.VALID),
        (400, "2", BookState.STALE),
        (1_800, "1", BookState.STALE),
        (1_900, "1", BookState.INVALID),
        (2_160, "1", BookState.VALID),
        (3_240, "1", BookState.STALE),
        (3_700, "3", BookState.INVALID),
    ):
        gauge.publish(
            events.BookStateChanged(
                **stamp(after_s, market="it-rains", token=TokenId(token)), state=state
            )
        )
    found = gauge.reading("monday", "base", UNTIL_NS + HOUR_NS, 10, 0)
    assert 0.15 == found.untrusted_ratio


def test_markouts_are_weighted_by_size() -> None:
    """Those at other horizons are not shown; none at all is not nothing."""
    gauge = started(YES)
    for horizon_s, shares, cents in ((5, 1, 1.0), (5, 3, 3.0), (60, 1, 9.0)):
        gauge.publish(
            events.MarkoutMeasured(
                **stamp(60),
                order_id="1",  # type: ignore[arg-type]
                trade_id="1",
                side=Side.BUY,
                size=shares * SIZE_SCALE,
                horizon_s=horizon_s,
                mid_before=5_000.0,
                mid_after=5_000.0,
                cost_cents=cents,
                cost_bps=0.0,
            )
        )
    found = gauge.reading("monday", "base", UNTIL_NS + HOUR_NS, 10, 0)
    assert {5: 2.5, 30: None} == found.markout_cents


def test_the_kill_switch_and_damage_are_told() -> None:
    """Damaged lines were no frames at all; damaged frames were."""
    gauge = started(YES)
    gauge.publish(events.KillSwitchTripped(**stamp(60), reason="loss", loss=5))
    gauge.publish(events.FeedLost(**stamp(60), reason="x"))
    counts: dict[str, Any] = dict.fromkeys(events.FEED_COUNTS, 0) | {"damaged": 2}
    gauge.publish(
        events.FeedCounted(
            **stamp(60), **counts, clock_offset_ms=None, latency_ms_p50=None, latency_ms_max=None
        )
    )
    found = gauge.reading("monday", "base", UNTIL_NS + HOUR_NS, 9, 1)
    assert ("loss", 0.3) == (found.kill_reason, found.damaged_ratio)


def test_an_empty_tape_is_blind_and_damaged() -> None:
    """Nothing was seen of it."""
    found = Gauge([YES]).reading("empty", "base", 0, 0, 0)
    assert (0.0, 1.0, 1.0) == (found.hours, found.untrusted_ratio, found.damaged_ratio)
