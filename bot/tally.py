"""The sum of one run: an event sink that only adds up, for the summary table of a replay."""

from __future__ import annotations

from collections import Counter

from bot.domain import events
from bot.domain.units import SIZE_SCALE, dollars


class Tally:
    """Counts events by what a person asks about first.

    Memory grows by one id for each order that filled whole: it is for replays, not for live runs.
    """

    def __init__(self) -> None:
        """Start at zero."""
        self.feed: Counter[str] = Counter(dict.fromkeys(events.FEED_COUNTS, 0))
        self.clock_offset_ms: float | None = None
        self.submitted = 0
        self.accepted = 0
        self.canceled = 0
        self.lost = 0
        self.rejected: Counter[str] = Counter()
        self.fills: Counter[str] = Counter()
        self.filled_orders = 0
        self.filled_size = 0
        self.pauses: Counter[str] = Counter()
        self.equity: dict[str, events.EquityMarked] = {}
        self.kill_reason: str | None = None
        self._filled_ids: set[str] = set()

    @property
    def fill_count(self) -> int:
        """Fills of any evidence."""
        return sum(self.fills.values())

    @property
    def fill_rate(self) -> float | None:
        """Orders with any fill over accepted orders; `None` without accepted orders."""
        return self.filled_orders / self.accepted if self.accepted else None

    @property
    def equity_usd(self) -> float:
        """Profit and loss over all markets at the last mark, in dollars."""
        return sum(dollars(mark.equity) for mark in self.equity.values())

    @property
    def filled_shares(self) -> float:
        """Shares traded."""
        return self.filled_size / SIZE_SCALE

    def publish(self, event: events.Event) -> None:  # noqa: C901 - one flat table of events
        """Add one event."""
        match event:
            case events.FeedCounted():
                for name in events.FEED_COUNTS:
                    self.feed[name] += getattr(event, name)
                self.clock_offset_ms = event.clock_offset_ms
            case events.OrderSubmitted():
                self.submitted += 1
            case events.OrderAccepted():
                self.accepted += 1
            case events.OrderRejected():
                self.rejected[event.rejection_reason] += 1
            case events.OrderLost():
                self.lost += 1
            case events.OrderCanceled():
                self.canceled += 1
                self._filled_ids.discard(event.order_id)
            case events.OrderFilled():
                self._add_fill(event)
            case events.QuotingPaused():
                self.pauses[event.reason] += 1
            case events.EquityMarked(market=str(slug)):
                self.equity[slug] = event
            case events.KillSwitchTripped():
                self.kill_reason = event.reason
            case _:
                pass

    def _add_fill(self, event: events.OrderFilled) -> None:
        self.fills[event.evidence] += 1
        self.filled_size += event.size
        if event.order_id not in self._filled_ids:
            self._filled_ids.add(event.order_id)
            self.filled_orders += 1
