"""Journals with a known truth: a scribe that writes events, and a day of a made-up production."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal

import msgspec
import pytest

from bot.domain import events as ev
from bot.domain.market import Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.reports import CancelReason, Evidence, RejectionReason, TradeState
from bot.journal.segment import Header, segment_path
from bot.venues.paper.queue import SizeCounts, net_trace, simulate_trace

START_NS = 1_800_000_000_000_000_000
MS = 1_000_000
SECOND = 1_000 * MS
SHARES = 5_000_000
TOKEN = TokenId("1")
Observation = tuple[float, Literal["a", "d", "p", "t"], float, float]


@dataclass
class Scribe:
    """Writes events of one run with increasing numbers; times are ms since the run began."""

    run_id: str = "run"
    market: str = "will-it-rain"
    token: TokenId = TOKEN
    events: list[ev.Event] = field(default_factory=list)

    def write(self, kind: Callable[..., ev.Event], at_ms: float, **fields: object) -> None:
        """Append one event; its number is given when the journal is read."""
        self.events.append(
            kind(
                seq=len(self.events) + 1,
                ts_ns=START_NS + round(at_ms * MS),
                run_id=self.run_id,
                **{"market": self.market, "token": self.token, **fields},
            )
        )

    def started(self, venue: str = "polymarket") -> None:
        """The run begins."""
        self.write(
            ev.RunStarted,
            0.0,
            market=None,
            token=None,
            version="0",
            venue=venue,
            seed=1,
            config_hash="c",
            calibration_hash="priors",
            markets=(self.market,),
        )

    def submit(self, order_id: str, at_ms: float, **fields: object) -> None:
        """An order leaves: a bid of 5 shares at 0.49, one cent behind the mid."""
        given = {"side": Side.BUY, "price": 4900, "size": SHARES, "level": 0, "mid": 5000.0}
        self.write(
            ev.OrderSubmitted,
            at_ms,
            order_id=OrderId(order_id),
            decision_id=1,
            fair_price=5000.0,
            **{**given, **fields},
        )

    def accept(self, order_id: str, at_ms: float, latency_ms: float = 100.0) -> None:
        """The order rests behind 100 shares."""
        self.write(
            ev.OrderAccepted,
            at_ms,
            order_id=OrderId(order_id),
            latency_ms=latency_ms,
            queue_position=100.0,
        )

    def reject(
        self, order_id: str, at_ms: float, reason: RejectionReason = RejectionReason.OTHER
    ) -> None:
        """The order is refused."""
        self.write(
            ev.OrderRejected,
            at_ms,
            order_id=OrderId(order_id),
            rejection_reason=reason,
            latency_ms=100.0,
        )

    def lose(self, order_id: str, at_ms: float) -> None:
        """The answer proved nothing."""
        self.write(ev.OrderLost, at_ms, order_id=OrderId(order_id), latency_ms=10_000.0)

    def request_cancel(self, order_id: str, at_ms: float) -> None:
        """We ask for the order to be taken off."""
        self.write(
            ev.CancelRequested, at_ms, order_id=OrderId(order_id), decision_id=2, reason="reprice"
        )

    def cancel(self, order_id: str, at_ms: float, latency_ms: float | None = 120.0) -> None:
        """The order is off."""
        self.write(
            ev.OrderCanceled,
            at_ms,
            order_id=OrderId(order_id),
            cancel_reason=CancelReason.REQUESTED,
            latency_ms=latency_ms,
            resting_ms=1_000.0,
            size=SHARES,
            filled=0,
        )

    def fill(self, order_id: str, at_ms: float, **fields: object) -> None:
        """The whole order trades, with no fee."""
        given: dict[str, object] = {
            "trade_id": f"t-{order_id}",
            "size": SHARES,
            "price": 4900,
            "fee": 0,
            "gas_cost_usd": 0.0,
            "after_cancel": False,
            "evidence": Evidence.EXCHANGE,
        }
        self.write(
            ev.OrderFilled,
            at_ms,
            order_id=OrderId(order_id),
            decision_id=1,
            side=Side.BUY,
            level=0,
            state=TradeState.MATCHED,
            mid_before=5000.0,
            latency_ms=1_000.0,
            queue_position=0.0,
            real_fee_bps=0.0,
            **{**given, **fields},
        )

    def settle(self, order_id: str, at_ms: float, state: TradeState = TradeState.CONFIRMED) -> None:
        """The trade of `fill` settles."""
        self.write(
            ev.TradeStateChanged,
            at_ms,
            order_id=OrderId(order_id),
            trade_id=f"t-{order_id}",
            state=state,
            pending_ms=4_000.0,
        )

    def mark(self, order_id: str, at_ms: float, cents: float, horizon_s: int = 60) -> None:
        """The mid after the fill of `fill` cost us `cents` a share."""
        self.write(
            ev.MarkoutMeasured,
            at_ms,
            order_id=OrderId(order_id),
            trade_id=f"t-{order_id}",
            side=Side.BUY,
            size=SHARES,
            horizon_s=horizon_s,
            mid_before=5000.0,
            mid_after=5000.0 - 100 * cents,
            cost_cents=cents,
            cost_bps=cents * 200,
        )

    def trace(
        self,
        order_id: str,
        at_ms: float,
        resting_ms: float,
        observations: tuple[Observation, ...],
        **fields: object,
    ) -> None:
        """What was seen at the price of an order that stood behind 100 shares."""
        given = {"queue_position": 100.0, "is_whole": True, "filled": 0}
        self.write(
            ev.QueueTraced,
            at_ms,
            order_id=OrderId(order_id),
            side=Side.BUY,
            price=4900,
            size=SHARES,
            resting_ms=resting_ms,
            observations=observations,
            **{**given, **fields},
        )

    def quote(self, at_ms: float, **fields: object) -> None:
        """A sample: market 0.49 / 0.51, ours 0.48 / 0.52."""
        given = {"best_bid": 4900, "best_ask": 5100, "our_bid": 4800, "our_ask": 5200}
        self.write(
            ev.QuoteSampled,
            at_ms,
            fair_price=5000.0,
            volatility=1.0,
            net_size=0,
            **{**given, **fields},
        )

    def mined(self, at_ms: float, gas_usd: float | None) -> None:
        """A transaction of the wallet is in a block."""
        self.write(
            ev.TransactionMined,
            at_ms,
            operation="merge",
            transaction_hash="0x1",
            succeeded=True,
            gas_cost_usd=gas_usd,
        )

    def equity(self, at_ms: float, equity: int, fees: int = 0) -> None:
        """A mark of the account."""
        self.write(
            ev.EquityMarked,
            at_ms,
            cash=equity,
            realised=equity,
            unrealised=0,
            equity=equity,
            drawdown=0,
            fees=fees,
            yes_settled=0,
            yes_pending=0,
            no_settled=0,
            no_pending=0,
        )


class Truth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the made-up production does; phi = 1 is risk-averse."""

    orders: int = 600
    phi: float = 0.7
    theta: float = 0.0
    rtt_ms: float = 250.0
    sigma: float = 0.39
    rejection: float = 0.1
    cost_cents: float = 0.2
    seed: int = 7
    gap_ms: float = 20_000.0


class Day:
    """A day of production with a hidden truth: one order after the other, each resting a minute."""

    RESTS_MS = 60_000.0
    SIZES = (1.0, 5.0, 5.0, 10.0, 20.0, 35.0)

    def __init__(self, truth: Truth, run_id: str = "run") -> None:
        """Write the day."""
        self.truth = truth
        self.rng = Random(truth.seed)
        self.sizes = SizeCounts(round(1e6 * size) for size in self.SIZES * 100)
        self.scribe = Scribe(run_id=run_id)
        self.scribe.started()
        for number in range(truth.orders):
            self._order(f"o{number}", number * truth.gap_ms)
        self._market()

    @property
    def events(self) -> list[ev.Event]:
        """The events in order of time, numbered."""
        ordered = sorted(self.scribe.events, key=lambda event: event.ts_ns)
        return list(self._numbered(ordered))

    @staticmethod
    def _numbered(ordered: list[ev.Event]) -> Iterator[ev.Event]:
        for seq, event in enumerate(ordered, start=1):
            yield msgspec.structs.replace(event, seq=seq)

    def _latency_ms(self) -> float:
        return self.truth.rtt_ms * math.exp(self.truth.sigma * self.rng.gauss(0.0, 1.0))

    def _order(self, order_id: str, at_ms: float) -> None:
        level = self.rng.choice((0, 0, 0, 1, 2))
        price = 4900 - 100 * level
        self.scribe.submit(order_id, at_ms, level=level, price=price)
        latency_ms = self._latency_ms()
        accepted_ms = at_ms + latency_ms
        if self.rng.random() < self.truth.rejection:
            self.scribe.reject(order_id, accepted_ms)
            return
        self.scribe.accept(order_id, accepted_ms, latency_ms)
        observations = self._observations(level)
        filled_ms = self._fill_time(observations)
        missed = self.rng.random() < self.truth.theta
        if filled_ms is not None and not missed:
            self._trade(order_id, accepted_ms, filled_ms, observations)
            return
        self.scribe.request_cancel(order_id, accepted_ms + self.RESTS_MS)
        back_ms = self._latency_ms()
        off_ms = accepted_ms + self.RESTS_MS + back_ms
        self.scribe.cancel(order_id, off_ms, back_ms)
        self.scribe.trace(order_id, off_ms + 0.001, self.RESTS_MS + back_ms, observations)

    def _trade(
        self,
        order_id: str,
        accepted_ms: float,
        filled_ms: float,
        observations: tuple[Observation, ...],
    ) -> None:
        at_ms = accepted_ms + filled_ms
        self.scribe.fill(order_id, at_ms)
        seen = tuple(o for o in observations if o[0] <= filled_ms)
        self.scribe.trace(order_id, at_ms + 0.001, filled_ms, seen, filled=SHARES)
        self.scribe.settle(order_id, at_ms + 4_000)
        for horizon_s in (1, 5, 30, 60):
            cents = self.rng.gauss(self.truth.cost_cents, 1.0)
            self.scribe.mark(order_id, at_ms + horizon_s * 1_000, cents, horizon_s)

    def _observations(self, level: int) -> tuple[Observation, ...]:
        # a level of 100 shares ahead: joins, leavings and prints at random times
        seen: list[Observation] = []
        at_ms, shown = 0.0, 100.0
        weights = (0.5, 0.32, 0.18) if level == 0 else (0.55, 0.42, 0.03)
        while True:
            at_ms += self.rng.expovariate(1 / 2_500)
            if at_ms >= self.RESTS_MS:
                return tuple(seen)
            kind = self.rng.choices(("a", "d", "p"), weights)[0]
            size = self.rng.choice(self.SIZES)
            if kind == "a":
                seen.append((at_ms, "a", size, shown))
                shown += size
            elif size < shown:
                seen.append((at_ms, "d", size, shown))
                shown -= size
                if kind == "p":
                    seen.append((at_ms + 20.0, "p", size, shown))

    def _fill_time(self, observations: tuple[Observation, ...]) -> float | None:
        # one particle of the paper model with the true phi, print by print
        power_n = math.inf if self.truth.phi == 1 else self.truth.phi / (1 - self.truth.phi)
        steps = net_trace(observations, 100_000_000, self.sizes)
        seed = self.rng.random()
        times = [at for at, kind, _, _ in observations if kind in "pt"]
        ends = [i + 1 for i, step in enumerate(steps) if step.kind in "pt"]
        for at, end in zip(times, ends, strict=True):
            if simulate_trace(steps[:end], 100_000_000, SHARES, power_n, Random(seed)):
                return at
        return None

    def _market(self) -> None:
        end_ms = self.truth.orders * self.truth.gap_ms
        mid, at_ms = 5000, 0.0
        equity = 0
        while at_ms < end_ms:
            mid = min(5500, max(4500, mid + self.rng.choice((-50, 0, 0, 0, 50))))
            self.scribe.quote(
                at_ms,
                best_bid=mid - 100,
                best_ask=mid + 100,
                our_bid=mid - 100,
                our_ask=mid + 200,
            )
            equity += self.rng.randrange(-10_000, 11_000)
            self.scribe.equity(at_ms, equity)
            at_ms += 10_000.0


@pytest.fixture
def scribe() -> Scribe:
    """An empty run to write events of."""
    return Scribe()


@pytest.fixture(scope="session")
def make_day() -> Callable[..., Day]:
    """A maker of days: `make_day(orders=…, phi=…)`."""

    def make(run_id: str = "run", **truth: object) -> Day:
        return Day(msgspec.convert(truth, Truth), run_id)

    return make


@pytest.fixture(scope="session")
def day() -> Day:
    """One day of 600 orders, phi 0.7."""
    return Day(Truth())


def write_journal(directory: Path, events: Sequence[ev.Event]) -> Path:
    """Write the events as one segment of a journal and return its path."""
    path = segment_path(directory, START_NS, 0)
    header = Header(schema_version=ev.SCHEMA_VERSION, run_start_ns=START_NS, number=0)
    lines = [msgspec.json.encode(record) + b"\n" for record in (header, *events)]
    path.write_bytes(b"".join(lines))
    return path
