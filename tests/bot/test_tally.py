"""The tally: sums of a run, in memory that does not grow with it."""

from pathlib import Path

import pytest

from bot.domain import events
from bot.domain.events import FEED_COUNTS
from bot.tally import Tally
from tests.scenarios.play import Played, play, tape_lines, write_lines


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A short run with fills."""
    folder: Path = tmp_path_factory.mktemp("tally")
    return play(write_lines(folder / "tape.jsonl", tape_lines()))


def test_sums_are_those_of_the_events(played: Played) -> None:
    """Orders, fills, rejections and feed counts add up to what was published."""
    tally = played.tally
    kinds = [type(event) for event in played.events]
    assert kinds.count(events.OrderSubmitted) == tally.submitted
    assert kinds.count(events.OrderAccepted) == tally.accepted
    assert kinds.count(events.OrderCanceled) == tally.canceled
    assert kinds.count(events.OrderFilled) == tally.fill_count > 0
    filled = [event for event in played.events if isinstance(event, events.OrderFilled)]
    assert len({event.order_id for event in filled}) == tally.filled_orders
    assert sum(event.size for event in filled) / 1e6 == tally.filled_shares
    assert tally.fill_rate == tally.filled_orders / tally.accepted
    counted = [event for event in played.events if isinstance(event, events.FeedCounted)]
    for name in FEED_COUNTS:
        assert sum(getattr(event, name) for event in counted) == tally.feed[name]


def test_the_last_mark_is_the_profit(played: Played) -> None:
    """In dollars, over all markets."""
    marks = [event for event in played.events if isinstance(event, events.EquityMarked)]
    assert marks[-1].equity / 1e6 == played.tally.equity_usd


def test_an_empty_run_has_no_fill_rate() -> None:
    """Nothing over nothing is unknown."""
    tally = Tally()
    assert tally.fill_rate is None
    tally.publish(events.OrderLost(seq=1, ts_ns=1, run_id="r", order_id="o", latency_ms=1.0))  # type: ignore[arg-type]
    tally.publish(events.KillSwitchTripped(seq=2, ts_ns=1, run_id="r", reason="loss", loss=1))
    assert (1, "loss") == (tally.lost, tally.kill_reason)
