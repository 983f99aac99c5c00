"""What the journal remembers, and what it may forget."""

from pathlib import Path

from bot.domain import events
from bot.domain.events import Event
from bot.domain.market import Side, TokenId
from bot.domain.orders import LATE_NS, OrderId
from bot.domain.reports import CancelReason, Evidence, TradeState
from bot.domain.units import NS_PER_S
from bot.journal import Journal
from bot.live.past import MEMORY_NS, known_orders, recollect
from bot.venues.polymarket.look_back import TRADES_BACK_S
from tests.bot.engine.world import MARKET, SHARE, YES

HOUR_NS = 3_600 * NS_PER_S
NOW_NS = 1_800_000_000 * NS_PER_S


def submitted(order_id: str, ns: int, token: TokenId = YES) -> Event:
    """The intent of an order of 5 shares."""
    return events.OrderSubmitted(
        seq=1, ts_ns=ns, run_id="r", market="m", token=token, decision_id=3, level=0, mid=None,
        order_id=OrderId(order_id), side=Side.BUY, price=4_800, size=5 * SHARE, fair_price=None,
    )  # fmt: skip


def canceled(order_id: str, ns: int) -> Event:
    """Its end."""
    return events.OrderCanceled(
        seq=2, ts_ns=ns, run_id="r", order_id=OrderId(order_id), size=1, filled=0,
        cancel_reason=CancelReason.REQUESTED, latency_ms=None, resting_ms=None,
    )  # fmt: skip


def filled(order_id: str, ns: int, size: int = 5 * SHARE) -> Event:
    """A match."""
    return events.OrderFilled(
        seq=3, ts_ns=ns, run_id="r", order_id=OrderId(order_id), trade_id="AB-1", decision_id=3,
        side=Side.BUY, price=4_800, size=size, level=0, evidence=Evidence.EXCHANGE, fee=0,
        state=TradeState.MATCHED, mid_before=None, after_cancel=False, latency_ms=1.0,
        queue_position=None, real_fee_bps=0.0, gas_cost_usd=0.0,
    )  # fmt: skip


def stage(order_id: str, ns: int, state: TradeState) -> Event:
    """How far the match got."""
    return events.TradeStateChanged(
        seq=4, ts_ns=ns, run_id="r", order_id=OrderId(order_id), trade_id="AB-1", state=state,
        pending_ms=1.0,
    )  # fmt: skip


def written(directory: Path, *told: Event, began_ns: int = NOW_NS - 20 * HOUR_NS) -> Path:
    """A journal with these events of one run."""
    journal = Journal(directory, began_ns)
    for event in told:
        journal.publish(event)
    journal.close()
    return directory


def test_without_a_journal_there_is_no_past(tmp_path: Path) -> None:
    """The first run; trades are asked for from a little before now."""
    memory = recollect(tmp_path / "none", MARKET, NOW_NS)
    assert ([], {}) == (memory.orders, memory.told)
    assert NOW_NS // NS_PER_S - TRADES_BACK_S == memory.trades_after_s


def test_orders_without_an_end_are_remembered_whatever_their_age(tmp_path: Path) -> None:
    """They were sent, perhaps; those of other markets are not this run's."""
    old = NOW_NS - 9 * HOUR_NS
    told = [submitted("0xa", old), submitted("0xb", old, TokenId("9"))]
    memory = recollect(written(tmp_path, *told), MARKET, NOW_NS)
    (order,) = memory.orders
    assert ("0xa", 3, 4_800, old) == (
        order.order_id, order.new.decision_id, order.new.price, order.submitted_ns,
    )  # fmt: skip
    assert old // NS_PER_S - TRADES_BACK_S == memory.trades_after_s


def test_a_bot_that_was_down_for_days_remembers_its_last_day(tmp_path: Path) -> None:
    """What was open when it died, or had just ended, is asked for whenever it starts again."""
    died = NOW_NS - 72 * HOUR_NS
    old, late = died - 30 * HOUR_NS, died - HOUR_NS // 2
    told = [submitted("0xa", old), submitted("0xb", late), submitted("0xc", late)]
    memory = recollect(written(tmp_path, *told, canceled("0xc", died)), MARKET, NOW_NS)
    assert ["0xb", "0xc"] == [order.order_id for order in memory.orders]
    assert late // NS_PER_S - TRADES_BACK_S == memory.trades_after_s


def test_a_long_run_is_remembered_from_its_start(tmp_path: Path) -> None:
    """An order that rests for days may be hit in the last second; trades of a day tell of that."""
    began = NOW_NS - 90 * HOUR_NS
    old, gone = began + HOUR_NS, NOW_NS - 25 * HOUR_NS
    told = [submitted("0xa", old), submitted("0xb", old), submitted("0xc", old)]
    told += [canceled("0xb", gone), filled("0xc", gone), submitted("0xd", NOW_NS)]
    directory = written(tmp_path, *told, began_ns=began)
    memory = recollect(directory, MARKET, NOW_NS)
    assert ["0xa", "0xd"] == [order.order_id for order in memory.orders]
    assert (NOW_NS - MEMORY_NS) // NS_PER_S - TRADES_BACK_S == memory.trades_after_s
    written(directory, submitted("0xe", NOW_NS), began_ns=NOW_NS)  # and died at once
    memory = recollect(directory, MARKET, NOW_NS)
    assert ["0xa", "0xd", "0xe"] == [order.order_id for order in memory.orders]


def test_what_a_run_before_the_last_left_is_forgotten(tmp_path: Path) -> None:
    """The start took it off, more than an hour ago."""
    old = NOW_NS - 80 * HOUR_NS
    written(tmp_path, submitted("0xa", old), began_ns=old - 1)
    written(tmp_path, submitted("0xb", old + HOUR_NS), began_ns=old + 1)
    written(tmp_path, submitted("0xc", NOW_NS), began_ns=NOW_NS - LATE_NS)
    memory = recollect(tmp_path, MARKET, NOW_NS)
    assert ["0xc"] == [order.order_id for order in memory.orders]


def test_what_ended_long_ago_is_forgotten(tmp_path: Path) -> None:
    """An hour after the end nothing of it comes any more."""
    old, late = NOW_NS - 9 * HOUR_NS, NOW_NS - LATE_NS + 1
    told = [submitted("0xa", old), submitted("0xb", old), canceled("0xa", old)]
    told += [canceled("0xb", late), stage("0xz", NOW_NS, TradeState.MINED)]
    memory = recollect(written(tmp_path, *told), MARKET, NOW_NS)
    assert ["0xb"] == [order.order_id for order in memory.orders]


def test_a_match_that_is_not_final_keeps_its_order(tmp_path: Path) -> None:
    """It may still fail; once it is final and old, nothing is left."""
    old = NOW_NS - 9 * HOUR_NS
    told, later = [submitted("0xA", old), filled("0xA", old)], canceled("0xz", NOW_NS)
    memory = recollect(written(tmp_path / "a", *told, later), MARKET, NOW_NS)
    assert ["0xA"] == [order.order_id for order in memory.orders]
    assert {("ab-1", "0xa"): TradeState.MATCHED} == memory.told
    final = stage("0xA", old, TradeState.CONFIRMED)
    memory = recollect(written(tmp_path / "b", *told, final, later), MARKET, NOW_NS)
    assert [] == memory.orders
    assert {("ab-1", "0xa"): TradeState.CONFIRMED} == memory.told


def test_orders_of_every_market_are_known_until_a_day_after_their_end(tmp_path: Path) -> None:
    """As far back as a start reads, which a check beside a live bot must not fall short of."""
    assert frozenset() == known_orders(tmp_path / "none", NOW_NS)
    began, gone = NOW_NS - 90 * HOUR_NS, NOW_NS - 25 * HOUR_NS
    told = [submitted("0xa", began), submitted("0xb", began, TokenId("9"))]
    told += [submitted("0xc", began), canceled("0xc", gone), submitted("0xd", NOW_NS)]
    directory = written(tmp_path, *told, canceled("0xd", NOW_NS), began_ns=began)
    assert frozenset({"0xa", "0xb", "0xd"}) == known_orders(directory, NOW_NS)
