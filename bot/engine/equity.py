"""The event that says what one market's account is worth, of a bot and of its twin."""

from __future__ import annotations

from typing import Any

from bot.domain.events import EquityMarked
from bot.domain.ledger import Equity, MarketLedger
from bot.domain.market import Market


def equity_marked(
    stamp: dict[str, Any], market: Market, ledger: MarketLedger, worth: Equity, peak: int
) -> EquityMarked:
    """Return the event; `peak` is the best equity so far, in cash units, this one included."""
    yes, no = market.tokens
    return EquityMarked(
        **stamp,
        cash=worth.cash,
        realised=worth.realised,
        unrealised=worth.unrealised,
        equity=worth.equity,
        drawdown=max(0, peak - worth.equity),
        fees=ledger.fees,
        yes_settled=ledger.settled(yes),
        yes_pending=ledger.pending(yes),
        no_settled=ledger.settled(no),
        no_pending=ledger.pending(no),
    )
