"""Real recordings: every stated touch and hash is met, and every paper fill has its print."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import PaperSetup
from bot.domain import events
from bot.domain.book import BookState
from bot.domain.events import Event
from bot.domain.market import Market, Outcome, Side, in_yes_terms
from bot.domain.messages import BookSnapshot, LevelChanges, MarketMessage, TradePrint
from bot.domain.units import CASH_SCALE, NS_PER_S, SIZE_SCALE
from bot.engine import EngineConfig, TokenState
from bot.engine.market_data import MarketData
from bot.execution.config import ReconcileConfig
from bot.replay import TapeReader, replay, run
from bot.risk.limits import RiskLimits
from bot.strategy.config import StrategyConfig
from bot.tape import read_tape
from bot.tape_markets import find_markets

Stream = list[tuple[int, MarketMessage]]
LANDWALKER = "landwalker_messi_20260629.ws_raw.jsonl.gz"
TICKSCOPE = "tickscope_scf_g4_20260607_0130.ws.jsonl.gz"
MAIN_MARKET = "0x2c69"
KNOWN_WITHIN_NS = 2 * NS_PER_S
"""Longest time from a print to our word of the fill: far beyond the response latency's tail."""
EAGER = EngineConfig(
    cash=1_000 * CASH_SCALE,
    strategy=StrategyConfig(
        gamma=1e-3,
        min_spread_bps=1.0,
        jump_ticks=1_000,
        jump_calm_s=0.0,
        inventory_max=500 * SIZE_SCALE,
        price_min=0,
        price_max=10_000,
        toxicity_weight=0.0,
    ),
    risk=RiskLimits(
        position_max=1_000 * SIZE_SCALE,
        open_notional_max=1_000 * CASH_SCALE,
        capital=1_000 * CASH_SCALE,
        loss_max=1_000 * CASH_SCALE,
    ),
    reconcile=ReconcileConfig(min_rest_ns=0),
)
"""Quotes at the touch whatever it costs: many fills, to see what each of them rests on."""


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)


def markets_of(path: Path, only: str | None = None) -> list[Market]:
    """The markets of a recording."""
    return find_markets((frame.payload for frame in read_tape(path)), only)


@pytest.fixture(scope="module")
def tickscope(data_dir: Path) -> tuple[Stream, list[Market]]:
    """All messages of the in-play recording, and its markets, the main one first."""
    path = data_dir / TICKSCOPE
    main = markets_of(path, MAIN_MARKET)
    others = [market for market in markets_of(path) if market not in main]
    return list(TapeReader([read_tape(path)])), [*main, *others]


@pytest.fixture(scope="module")
def eager_run(tickscope: tuple[Stream, list[Market]]) -> list[Event]:
    """The events of an eager bot on the main market of the in-play recording."""
    return run_eagerly(*tickscope)


def run_eagerly(stream: Stream, markets: list[Market]) -> list[Event]:
    """Run an eager bot on the first market of a stream."""
    sink = Kept()
    run(stream, markets[:1], PaperSetup(engine=EAGER), sinks=(sink,))
    return sink.events


def fills(happened: list[Event]) -> list[events.OrderFilled]:
    """The fills among some events."""
    return [event for event in happened if isinstance(event, events.OrderFilled)]


def touch_disagreements(stream: Stream, data: MarketData) -> Iterator[str]:
    """Apply a stream and yield each stated touch that the rebuilt book does not have."""
    for now_ns, message in stream:
        if isinstance(message, BookSnapshot):
            data.on_snapshot(message, now_ns)
        elif isinstance(message, LevelChanges):
            data.on_changes(message, now_ns)
            for change in {change.token: change for change in message.changes}.values():
                book = data._tokens[change.token].book
                stated = (change.best_bid, change.best_ask)
                if book.state is not BookState.INVALID and (book.best_bid, book.best_ask) != stated:
                    yield f"{message.ts_venue_ns}: {stated} but {book.best_bid}, {book.best_ask}"


def market_data(markets: list[Market]) -> MarketData:
    """Market data of all tokens of some markets."""
    return MarketData(
        {token: TokenState(market, token) for market in markets for token in market.tokens}, ()
    )


def test_the_touch_of_a_lossy_recording_is_right_in_every_change(
    tickscope: tuple[Stream, list[Market]],
) -> None:
    """Pruning by the stated touch makes good what was lost: 100 %, against 86 % without it."""
    stream, markets = tickscope
    data = market_data(markets)
    assert [] == list(touch_disagreements(stream, data))
    assert data.counts.level_changes > 190_000
    assert data.counts.pruned_levels > 200
    assert 0 == data.counts.touch_mismatches


def test_the_touch_of_a_whole_recording_is_right_without_pruning(data_dir: Path) -> None:
    """Nothing was lost there, so nothing may be pruned."""
    path = data_dir / LANDWALKER
    data = market_data(markets_of(path))
    assert [] == list(touch_disagreements(list(TapeReader([read_tape(path)])), data))
    assert data.counts.level_changes > 600
    assert (0, 0) == (data.counts.pruned_levels, data.counts.touch_mismatches)


def test_the_engine_agrees_with_every_hash_it_checks(data_dir: Path) -> None:
    """The tape does not say neg-risk, its first book's hash does; then all checks agree."""
    path = data_dir / LANDWALKER
    markets = markets_of(path)
    assert [True] == [market.neg_risk for market in markets]
    result = replay([read_tape(path)], markets, PaperSetup())
    assert result.tally.feed["hash_checks"] >= 6
    assert 0 == result.tally.feed["hash_mismatches"]


def test_a_clock_1_23_s_behind_is_found_and_no_latency_is_negative(data_dir: Path) -> None:
    """Raw differences of two clocks are no latencies (feed.md 6)."""
    path = data_dir / LANDWALKER
    sink = Kept()
    replay([read_tape(path)], markets_of(path), PaperSetup(), sinks=(sink,))
    counted = [e for e in sink.events if isinstance(e, events.FeedCounted) and e.messages]
    assert counted
    assert all(event.latency_ms_p50 is not None and event.latency_ms_p50 >= 0 for event in counted)
    assert counted[-1].clock_offset_ms is not None
    assert abs(counted[-1].clock_offset_ms + 1_230) < 10


def test_every_fill_has_a_print_at_or_through_its_price(
    tickscope: tuple[Stream, list[Market]], eager_run: list[Event]
) -> None:
    """Tens of fills, each within the latency of a print that reached it, none larger than that."""
    stream, markets = tickscope
    prints = yes_prints(stream, markets[0])
    found = fills(eager_run)
    assert len(found) >= 20
    for fill in found:
        assert fill.token is not None
        side, price = in_yes_terms(markets[0].outcome(fill.token), fill.side, fill.price)
        reached = [
            size
            for at_ns, taker, at, size in prints
            if fill.ts_ns - KNOWN_WITHIN_NS <= at_ns <= fill.ts_ns
            and taker is side.opposite
            and (at - price) * side.sign <= 0
        ]
        assert reached, f"{fill} has no print"
        assert fill.size <= max(reached)


def test_own_fills_of_one_print_are_never_more_than_was_printed(
    tickscope: tuple[Stream, list[Market]], eager_run: list[Event]
) -> None:
    """The fills of one trade share its size."""
    stream, markets = tickscope
    largest = max(size for _, _, _, size in yes_prints(stream, markets[0]))
    by_trade: dict[str, int] = {}
    for fill in fills(eager_run):
        by_trade[fill.trade_id] = by_trade.get(fill.trade_id, 0) + fill.size
    assert max(by_trade.values()) <= largest


def yes_prints(stream: Stream, market: Market) -> list[tuple[int, Side, int, int]]:
    """The prints of a market as (local ns, taker's side, price, size) on YES."""
    return [
        (at_ns, *in_yes_terms(market.outcome(m.token), m.side, m.price), m.size)
        for at_ns, m in stream
        if isinstance(m, TradePrint) and m.token in market.tokens
    ]


def test_without_prints_nothing_is_ever_filled(tickscope: tuple[Stream, list[Market]]) -> None:
    """Shrinking levels prove nothing: the same recording without its prints fills no order."""
    stream, markets = tickscope
    silent = [item for item in stream if not isinstance(item[1], TradePrint)]
    happened = run_eagerly(silent, markets)
    assert any(isinstance(event, events.OrderAccepted) for event in happened)
    assert [] == fills(happened)


def test_mids_before_fills_are_of_the_token_that_was_bought_or_sold(
    tickscope: tuple[Stream, list[Market]], eager_run: list[Event]
) -> None:
    """A fill at the touch is near its token's mid, never near the other token's."""
    market = tickscope[1][0]
    for fill in fills(eager_run):
        assert fill.token is not None
        assert fill.mid_before is not None
        assert abs(fill.mid_before - fill.price) < 1_000, (market.outcome(fill.token), fill)
    assert {Outcome.YES, Outcome.NO} == {
        market.outcome(fill.token) for fill in fills(eager_run) if fill.token is not None
    }
