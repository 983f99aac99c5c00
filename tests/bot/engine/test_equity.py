"""What an account is worth, in its event."""

import pytest

from bot.domain.ledger import Equity, MarketLedger
from bot.engine.equity import equity_marked
from tests.bot.engine.world import MARKET


@pytest.mark.parametrize(("peak", "drawdown"), [(10, 3), (7, 0), (5, 0)])
def test_drawdown_is_below_the_peak_and_never_negative(peak: int, drawdown: int) -> None:
    """Of an account of 7 in all."""
    stamp = {"run_id": "r", "seq": 1, "ts_ns": 1, "market": MARKET.slug}
    event = equity_marked(stamp, MARKET, MarketLedger(MARKET), Equity(4, 2, 5, 7), peak)
    assert (4, 2, 5, 7, drawdown) == (
        event.cash, event.realised, event.unrealised, event.equity, event.drawdown
    )  # fmt: skip
