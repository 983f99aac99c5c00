"""What one run of the battery measured: an event sink, and the reading it gives at the end."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from bot.battery.criteria import BLOCK_S
from bot.domain import events
from bot.domain.book import BookState
from bot.domain.market import TokenId
from bot.domain.units import NS_PER_S, SIZE_SCALE, dollars

BLOCK_NS = BLOCK_S * NS_PER_S
HORIZONS_S = (5, 30)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One run in numbers.

    * `pnl_usd` at the end, `worst_usd` the deepest loss below the start (0 or less), `drawdown_usd`
      the deepest fall from a peak, all over the marks of every minute.
    * `block_pnl_usd`: profit of each whole block of 15 minutes.
    * `markout_cents` by seconds: mean cost a share, positive when we lose; `None` without any.
    * `end_shares`: net shares held at the end, all markets' amounts added.
    * `untrusted_ratio`: share of the time in which the YES book could not be trusted, on which the
      bot thinks; the mean over markets.
    * `damaged_ratio`: damaged lines and frames over all.
    """

    tape: str
    case: str
    hours: float
    orders: int
    fills: int
    pnl_usd: float
    worst_usd: float
    drawdown_usd: float
    block_pnl_usd: tuple[float, ...]
    markout_cents: dict[int, float | None]
    end_shares: float
    untrusted_ratio: float
    damaged_ratio: float
    kill_reason: str | None


class Gauge:
    """Adds up the events of one run."""

    def __init__(self, yes_tokens: Iterable[TokenId]) -> None:
        """Trust no book yet."""
        self._untrusted_since_ns: dict[TokenId, int | None] = dict.fromkeys(yes_tokens, 0)
        self._untrusted_ns = 0
        self._start_ns = 0
        self._equity: dict[str, float] = {}
        self._net: dict[str, int] = {}
        self._peak = self._worst = self._drawdown = 0.0
        self._block_end_ns = 0
        self._block_start_usd = 0.0
        self._blocks: list[float] = []
        self._costs = {horizon: [0.0, 0] for horizon in HORIZONS_S}
        self._orders = self._fills = self._damaged = 0
        self._kill_reason: str | None = None

    def publish(self, event: events.Event) -> None:
        """Add one event."""
        match event:
            case events.RunStarted():
                self._start_ns = event.ts_ns
                self._untrusted_since_ns = dict.fromkeys(self._untrusted_since_ns, event.ts_ns)
                self._block_end_ns = event.ts_ns + BLOCK_NS
            case events.BookStateChanged(token=str(token)):
                self._on_state(TokenId(token), event.state, event.ts_ns)
            case events.EquityMarked(market=str(slug)):
                self._on_equity(slug, event)
            case events.OrderAccepted():
                self._orders += 1
            case events.OrderFilled():
                self._fills += 1
            case events.MarkoutMeasured() if event.horizon_s in self._costs:
                cost = self._costs[event.horizon_s]
                cost[0] += event.cost_cents * event.size
                cost[1] += event.size
            case events.FeedCounted():
                self._damaged += event.damaged
            case events.KillSwitchTripped():
                self._kill_reason = event.reason
            case _:
                pass

    def reading(
        self, tape: str, case: str, end_ns: int, frames: int, damaged_lines: int
    ) -> Reading:
        """Return the numbers of a run whose tape ended at `end_ns`; ask once."""
        span_ns = max(0, end_ns - self._start_ns)
        for token in self._untrusted_since_ns:
            self._on_state(token, BookState.VALID, end_ns)
        watched_ns = span_ns * len(self._untrusted_since_ns)
        lines = frames + damaged_lines
        return Reading(
            tape=tape,
            case=case,
            hours=span_ns / NS_PER_S / 3_600,
            orders=self._orders,
            fills=self._fills,
            pnl_usd=sum(self._equity.values()),
            worst_usd=self._worst,
            drawdown_usd=self._drawdown,
            block_pnl_usd=tuple(self._blocks),
            markout_cents={
                horizon: total / size if size else None
                for horizon, (total, size) in self._costs.items()
            },
            end_shares=sum(abs(net) for net in self._net.values()) / SIZE_SCALE,
            untrusted_ratio=self._untrusted_ns / watched_ns if watched_ns else 1.0,
            damaged_ratio=(self._damaged + damaged_lines) / lines if lines else 1.0,
            kill_reason=self._kill_reason,
        )

    def _on_state(self, token: TokenId, state: BookState, now_ns: int) -> None:
        if token not in self._untrusted_since_ns:
            return
        since_ns = self._untrusted_since_ns[token]
        if state is not BookState.VALID:
            self._untrusted_since_ns[token] = now_ns if since_ns is None else since_ns
        elif since_ns is not None:
            # What the wind-down after the tape tells begins after its end, and counts for nothing.
            self._untrusted_ns += max(0, now_ns - since_ns)
            self._untrusted_since_ns[token] = None

    def _on_equity(self, slug: str, mark: events.EquityMarked) -> None:
        before = sum(self._equity.values())
        self._equity[slug] = dollars(mark.equity)
        yes, no = mark.yes_settled + mark.yes_pending, mark.no_settled + mark.no_pending
        self._net[slug] = yes - no
        equity = sum(self._equity.values())
        self._peak = max(self._peak, equity)
        self._worst = min(self._worst, equity)
        self._drawdown = max(self._drawdown, self._peak - equity)
        while mark.ts_ns >= self._block_end_ns:
            self._blocks.append(before - self._block_start_usd)
            self._block_start_usd = before
            self._block_end_ns += BLOCK_NS
