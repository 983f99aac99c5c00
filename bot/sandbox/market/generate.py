"""The feed of a generated market, frame by frame."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

from bot.domain.units import NS_PER_MS
from bot.sandbox.market.config import GeneratedMarketConfig
from bot.sandbox.market.feed import FeedLine
from bot.sandbox.market.floor import Execution, LevelSet, MarketEvent
from bot.sandbox.market.traders import TraderMarket, purpose_rng
from bot.sandbox.market.wire import WireWriter

_PRINT_DELAY_MS = (18, 30)
"""A print is sent this long after its change (feed.md 3)."""


class Frame(NamedTuple):
    """One message as it reached us.

    `local_ns` is when it arrived (whole microseconds, never decreasing) and `venue_ns` the time
    the message states (whole milliseconds), both ns since the epoch UTC; `payload` is its JSON.
    """

    local_ns: int
    venue_ns: int
    payload: bytes


def generate(config: GeneratedMarketConfig) -> Iterator[Frame]:
    """Yield the frames of the whole market in order of arrival; the first is both books.

    A pure function of `config`: the same value yields the same bytes in any process.
    """
    return _Feed(config).frames()


class _Feed:
    """Puts a market, a writer and a line together."""

    def __init__(self, config: GeneratedMarketConfig) -> None:
        self._config = config
        self._market = TraderMarket(config)
        self._writer = WireWriter(config, self._market.book)
        self._line = FeedLine(config)
        self._rng = purpose_rng(config, "prints")
        # Prints that are still on their way out: (sent at, running number, text).
        self._prints: list[tuple[int, int, str]] = []
        self._print_count = 0

    def frames(self) -> Iterator[Frame]:
        """Yield everything until the end of the market, late prints included."""
        market, end_ns = self._market, self._config.end_ns
        yield self._sent(self._config.start_ns, self._writer.opening(self._config.start_ns))
        while (due_ns := market.next_ns()) < end_ns:
            events = market.step()
            if events:
                yield from self._prints_until(due_ns)
                for event in events:
                    yield from self._write(due_ns, event)
        yield from self._prints_until(None)

    def _write(self, now_ns: int, event: MarketEvent) -> Iterator[Frame]:
        if isinstance(event, LevelSet):
            yield from self._unless_lost(now_ns, self._writer.change(event))
        else:
            yield from self._trade(now_ns, event)

    def _trade(self, now_ns: int, execution: Execution) -> Iterator[Frame]:
        """Send a trade's changes and books now; its prints follow some milliseconds later."""
        changes, books = self._writer.trade(execution)
        for text in changes:
            yield from self._unless_lost(now_ns, text)
        for text in books:
            yield self._sent(now_ns, text)
        for fill in execution.fills:
            self._print_count += 1
            sent_ns = now_ns + int(self._rng.uniform(*_PRINT_DELAY_MS) * NS_PER_MS)
            tx_hash = f"0x{self._rng.getrandbits(256):064x}"
            text = self._writer.print(execution, fill, sent_ns, tx_hash)
            if not self._line.is_lost(self._config.print_loss_ratio):
                heapq.heappush(self._prints, (sent_ns, self._print_count, text))

    def _unless_lost(self, now_ns: int, text: str) -> Iterator[Frame]:
        """The frame of a change, or nothing when it is lost."""
        if not self._line.is_lost(self._config.change_loss_ratio):
            yield self._sent(now_ns, text)

    def _prints_until(self, now_ns: int | None) -> Iterator[Frame]:
        """Prints due by `now_ns`, all of them for `None`."""
        while self._prints and (now_ns is None or self._prints[0][0] <= now_ns):
            sent_ns, _, text = heapq.heappop(self._prints)
            yield self._sent(sent_ns, text)

    def _sent(self, now_ns: int, text: str) -> Frame:
        local_ns = self._line.arrival_ns(now_ns)
        return Frame(local_ns, now_ns // NS_PER_MS * NS_PER_MS, text.encode())
