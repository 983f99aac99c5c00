"""An engine whose market data somebody else gets too: the same messages, times and order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.domain.market import Market, TokenId
from bot.domain.messages import MarketMessage
from bot.domain.ports import Venue
from bot.engine import Engine, EngineConfig, LatchStore, Publisher, TokenState

Tap = Callable[[MarketMessage, int], None]


class TappedEngine(Engine):
    """An engine that passes each message on before it decides anything on it."""

    def __init__(
        self,
        markets: Sequence[Market],
        tokens: Mapping[TokenId, TokenState],
        venue: Venue,
        publisher: Publisher,
        config: EngineConfig,
        *,
        latch: LatchStore | None,
        tap: Tap,
    ) -> None:
        """`tap` must neither wait nor raise."""
        super().__init__(markets, tokens, venue, publisher, config, latch=latch)
        self._tap = tap

    def on_message(self, message: MarketMessage, now_ns: int) -> None:
        """Pass the message on, then take it."""
        self._tap(message, now_ns)
        super().on_message(message, now_ns)
