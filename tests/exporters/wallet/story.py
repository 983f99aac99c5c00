"""A production run that writes its journal, and the chain that its trades come to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bot.domain import events
from bot.domain.events import Event
from bot.domain.ledger import Fill, MarketLedger
from bot.domain.market import Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.reports import Evidence, TradeState
from bot.domain.units import NS_PER_S, cash_paid, cash_received
from bot.journal import Journal
from bot.wallet.chain import Balances
from exporters.wallet.amounts import Amounts
from tests.bot.wallet.world import MARKET

USD = 1_000_000
START_S = 1_795_000_000
NOTHING_HEARD: dict[str, Any] = {
    "market": None,
    **dict.fromkeys(events.FEED_COUNTS, 0),
    **dict.fromkeys(("clock_offset_ms", "latency_ms_p50", "latency_ms_max")),
}


class Story:
    """A bot with a real ledger and a journal. `chain` is what came to the chain so far.

    `now_s` is turned by hand; events are stamped with it.
    """

    def __init__(self, directory: Path, *, cash: int = 25 * USD, start_s: int = START_S) -> None:
        self.directory = directory / "journal"
        self.now_s = start_s
        self.chain = Amounts(cash=cash)
        self._seq = 0
        self._trades = 0
        self._journal: Journal | None = None
        self.begin()

    def begin(self) -> None:
        """A run starts: its balances are those of the chain."""
        self._run = f"run-{self.now_s}"
        if self._journal is not None:
            self._journal.close()
        self._journal = Journal(self.directory, self.now_s * NS_PER_S + self._seq, segment_bytes=1)
        self._cash = self.chain.cash
        self.ledger = MarketLedger(MARKET)
        held = {MARKET.yes: self.chain.yes, MARKET.no: self.chain.no}
        if any(held.values()):
            self._cash += self.ledger.open(held, 5_000)
        self.started = events.RunStarted(
            **self._stamp(),
            version="0",
            venue="polymarket",
            seed=1,
            config_hash="c",
            calibration_hash="priors",
            markets=(MARKET.slug,),
            outcomes={token: MARKET.outcome(token) for token in MARKET.tokens},
            cash=self._cash,
        )
        self.write(self.started)

    def match(
        self,
        side: Side = Side.BUY,
        price: int = 4_000,
        size: int = 5 * USD,
        token: TokenId = MARKET.yes,
        *,
        is_told: bool = True,
    ) -> Fill:
        """A trade of ours is matched; the bot is told of it, or misses it."""
        self._trades += 1
        fill = Fill(f"trade-{self._trades}", OrderId("order-1"), token, side, price, size)
        if is_told:
            self.ledger.apply(fill)
            self.write(_filled(fill, self._stamp()))
        return fill

    def land(self, fill: Fill) -> None:
        """The trade is in a block."""
        self.chain = self.chain.plus(amounts(fill))

    def settle(self, fill: Fill, state: TradeState = TradeState.CONFIRMED) -> None:
        """The bot is told that the trade is settled, or failed."""
        if state is TradeState.FAILED:
            self.ledger.fail(fill.key)
        else:
            self.ledger.settle(fill.key)
        self.write(
            events.TradeStateChanged(
                **self._stamp(),
                order_id=OrderId(fill.order_id),
                trade_id=fill.trade_id,
                state=state,
                pending_ms=1.0,
            )
        )

    def mark(self, mid: int = 5_000) -> None:
        """The bot tells its account."""
        worth, ledger = self.ledger.mark(mid), self.ledger
        self.write(
            events.EquityMarked(
                **self._stamp(),
                cash=worth.cash,
                realised=worth.realised,
                unrealised=worth.unrealised,
                equity=worth.equity,
                drawdown=0,
                fees=ledger.fees,
                yes_settled=ledger.settled(MARKET.yes),
                yes_pending=ledger.pending(MARKET.yes),
                no_settled=ledger.settled(MARKET.no),
                no_pending=ledger.pending(MARKET.no),
            )
        )

    def earn(self, *, rewards: float = 0.0, rebates: float = 0.0) -> None:
        """The exchange credits a day's income so far: the present day's."""
        self.write(
            events.IncomeReported(
                **{**self._stamp(), "market": None},
                day=datetime.fromtimestamp(self.now_s, UTC).date().isoformat(),
                rewards_usd=rewards,
                rebates_usd=rebates,
                rewards_added_usd=0.0,
                rebates_added_usd=0.0,
            )
        )

    def receive(self, dollars: float) -> None:
        """Cash comes to the chain that is of no trade."""
        self.chain = self.chain.plus(Amounts(cash=round(dollars * USD)))

    def quote(self, best_bid: int | None, best_ask: int | None) -> None:
        """The bot samples the market."""
        self.write(
            events.QuoteSampled(
                **self._stamp(),
                best_bid=best_bid,
                best_ask=best_ask,
                our_bid=None,
                our_ask=None,
                fair_price=None,
                volatility=0.0,
                net_size=0,
            )
        )

    def minute(self) -> None:
        """A minute goes by, and the bot reports."""
        self.now_s += 60
        self.write(
            events.FeedCounted(
                **{**self._stamp(), **NOTHING_HEARD},
            )
        )
        self.mark()

    def write(self, event: Event) -> None:
        """Put one event into the journal, in a segment of its own."""
        self._seq += 1
        assert self._journal is not None
        self._journal.publish(msgspec.structs.replace(event, seq=self._seq))
        self._journal.flush(self._seq * NS_PER_S)

    def balances(self, block: int = 100) -> Balances:
        """The chain at this moment."""
        return Balances(
            block=block,
            time_s=self.now_s,
            pusd=self.chain.cash,
            usdc_e=3 * USD,
            gas_wei=10**18,
            tokens={MARKET.yes: self.chain.yes, MARKET.no: self.chain.no},
        )

    def _stamp(self) -> dict[str, Any]:
        return {
            "seq": 0,
            "ts_ns": self.now_s * NS_PER_S,
            "run_id": self._run,
            "market": MARKET.slug,
        }


def amounts(fill: Fill) -> Amounts:
    """What a trade moves on the chain."""
    is_buy = fill.side is Side.BUY
    flow = -cash_paid(fill.price, fill.size) if is_buy else cash_received(fill.price, fill.size)
    size = fill.side.sign * fill.size
    is_yes = fill.token == MARKET.yes
    return Amounts(flow, size if is_yes else 0, 0 if is_yes else size)


def _filled(fill: Fill, stamp: dict[str, Any]) -> events.OrderFilled:
    return events.OrderFilled(
        **{**stamp, "token": fill.token},
        order_id=OrderId(fill.order_id),
        trade_id=fill.trade_id,
        decision_id=1,
        side=fill.side,
        price=fill.price,
        size=fill.size,
        level=0,
        evidence=Evidence.EXCHANGE,
        state=TradeState.MATCHED,
        mid_before=None,
        after_cancel=False,
        latency_ms=1.0,
        queue_position=None,
        fee=0,
        real_fee_bps=0.0,
        gas_cost_usd=0.0,
    )
