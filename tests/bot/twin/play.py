"""A twin on a clock turned by hand, told by the test what production decides and hears."""

from __future__ import annotations

from typing import Any, TypeVar

from bot.domain import events
from bot.domain.calibration import (
    Latency,
    PaperConfig,
    RejectionParameters,
    SettlementParameters,
)
from bot.domain.market import Side, TokenId
from bot.domain.messages import BookSnapshot, LevelChange, LevelChanges, MarketMessage, TradePrint
from bot.domain.orders import OrderId
from bot.domain.units import NS_PER_MS, complement
from bot.twin.core import Twin
from bot.twin.frames import Tick, TwinSetup
from tests.bot.engine.world import MARKET, NO, SHARE, START_NS, YES, Sink
from tests.exporters.samples import sample

SETUP = TwinSetup(
    run_id="real", market=MARKET, config_hash="c", seed=7, directory="x", journal_age_s_max=1,
    journal_bytes_max=1, shipper="",
)  # fmt: skip
EXACT = PaperConfig(
    rtt=Latency(median_ms=200, sigma=0),
    cancel_rtt=Latency(median_ms=200, sigma=0),
    rejections=RejectionParameters(probability={}),
    settlement=SettlementParameters(delay=Latency(median_ms=4_000, sigma=0)),
)
"""No chance: an order rests after 100 ms and says so after 200, a cancel as well."""
A = OrderId("a")
BIDS, ASKS = (4_800, 4_400), (5_200, 5_600)
E = TypeVar("E", bound=events.Record)


class Play:
    """Both books open with 100 shares a level, 0.48 / 0.52; production quotes 5 shares."""

    def __init__(self, setup: TwinSetup = SETUP, paper: PaperConfig = EXACT) -> None:
        self.sink = Sink()
        self.twin = Twin(setup, paper, "hash", (self.sink,))
        self.now_ns = START_NS
        self.shown: dict[tuple[TokenId, bool, int], int] = {}
        self.twin.start(self.now_ns)
        for token in MARKET.tokens:
            bids, asks = (tuple((price, 100 * SHARE) for price in side) for side in (BIDS, ASKS))
            self.send(BookSnapshot(self.now_ns, token, bids, asks, 100, "", None))
            self.shown |= {(token, True, price): 100 for price in BIDS}
            self.shown |= {(token, False, price): 100 for price in ASKS}

    def wait(self, ms: float) -> None:
        """Let time pass; a tick ends it, as it does every second at least."""
        while ms > 0:
            step = min(ms, 1_000.0)
            self.now_ns += round(step * NS_PER_MS)
            self.twin.take(Tick(), self.now_ns)
            ms -= step

    def send(self, message: MarketMessage) -> None:
        """Let a market message come to production now."""
        self.twin.take(message, self.now_ns)

    def tell(self, kind: type[E], order_id: OrderId = A, **fields: Any) -> None:  # noqa: ANN401
        """Let production publish an event now."""
        event: Any = sample(kind, ts_ns=self.now_ns, market=MARKET.slug, **fields)
        if hasattr(event, "order_id"):
            event = sample(kind, **{**_fields(event), "order_id": order_id})
        self.twin.take(event, self.now_ns)

    def decide(
        self, price: int = 4_800, *, order_id: OrderId = A, token: TokenId = YES,
        side: Side = Side.BUY, decision_id: int = 1,
    ) -> None:  # fmt: skip
        """Let production place an order of 5 shares."""
        self.tell(
            events.OrderSubmitted, order_id, token=token, side=side, price=price, size=5 * SHARE,
            decision_id=decision_id,
        )  # fmt: skip

    def level(self, price: int, shares: int, *, is_bid: bool = True, token: TokenId = YES) -> None:
        """Let a level of both books show so many shares, production's own among them."""
        other = NO if token == YES else YES
        self.shown[token, is_bid, price] = shares
        self.shown[other, not is_bid, complement(price)] = shares
        self.send(
            LevelChanges(
                self.now_ns,
                (
                    self._change(token, is_bid, price, shares),
                    self._change(other, not is_bid, complement(price), shares),
                ),
            )
        )

    def print(self, shares: int, price: int = 4_800, side: Side = Side.SELL) -> None:
        """Let word of a trade on YES come; `side` is the taker's."""
        self.send(TradePrint(self.now_ns, YES, side, price, shares * SHARE, str(self.now_ns)))

    def _change(self, token: TokenId, is_bid: bool, price: int, shares: int) -> LevelChange:  # noqa: FBT001
        bids = [p for (t, b, p), size in self.shown.items() if t == token and b and size]
        asks = [p for (t, b, p), size in self.shown.items() if t == token and not b and size]
        return LevelChange(token, is_bid, price, shares * SHARE, max(bids), min(asks), "")


def _fields(event: Any) -> dict[str, Any]:  # noqa: ANN401
    return {name: getattr(event, name) for name in event.__struct_fields__}
