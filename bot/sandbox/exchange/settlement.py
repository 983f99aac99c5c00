"""From a match to money: MATCHED, then MINED and CONFIRMED, or RETRYING, or FAILED.

Balances move when a trade is mined; one that fails gives back what it held (polymarket.md 8.4).
"""

from __future__ import annotations

import uuid

from bot.domain.market import ConditionId
from bot.domain.reports import TradeState
from bot.sandbox.exchange import user_frames
from bot.sandbox.exchange.hall import Hall
from bot.sandbox.exchange.trades import MakerLeg, Step, Trade, draw_path


class Settlement:
    """Carries every trade to its end."""

    def __init__(self, hall: Hall) -> None:
        """Work in a hall."""
        self._hall = hall

    def match(
        self,
        market: ConditionId,
        taker: MakerLeg,
        legs: list[MakerLeg],
        transaction_hash: str,
        now_ns: int,
    ) -> None:
        """Start the trade of a taker with makers, of whom strangers need no settlement."""
        hall = self._hall
        trade_id = str(uuid.UUID(int=hall.dice.of("trades").getrandbits(128), version=4))
        trade = Trade(trade_id, market, taker, legs, now_ns)
        trade.transaction_hash = transaction_hash
        hall.remember_trade(trade)
        for leg in self._ours(trade):
            order = hall.orders[leg.order_id]
            hall.account(leg.maker).match(trade_id, leg.order_id, leg.size)
            order.trades.append(trade_id)
            hall.tell(order, "UPDATE", now_ns)
        for step in draw_path(hall.config, hall.faults, hall.dice):
            self._enter(trade, step, now_ns)

    def _enter(self, trade: Trade, step: Step, matched_ns: int) -> None:
        if step.after_ns:
            due_ns = matched_ns + step.after_ns
            self._hall.agenda.at(due_ns, lambda now_ns: self._become(trade, step, now_ns))
        else:
            self._become(trade, step, matched_ns)

    def _become(self, trade: Trade, step: Step, now_ns: int) -> None:
        hall = self._hall
        trade.state, trade.updated_ns = step.state, now_ns
        if step.state is TradeState.RETRYING:  # sent to the chain once more: another transaction
            trade.transaction_hash = f"0x{hall.dice.of('hashes').getrandbits(256):064x}"
        for leg in self._ours(trade):
            account, key = hall.account(leg.maker), (trade.trade_id, leg.order_id)
            if step.state is TradeState.MINED:
                account.settle(key)
            elif step.state is TradeState.FAILED:
                account.fail(key)
        if step.is_told:
            event = user_frames.trade_event(trade, now_ns)
            for api_key in dict.fromkeys(leg.key for leg in self._ours(trade)):
                hall.tell_key(api_key, trade.market, event, now_ns)

    def _ours(self, trade: Trade) -> list[MakerLeg]:
        return [leg for leg in trade.legs if leg.order_id in self._hall.orders]
