"""When a market stream must be pinged, re-subscribed or given up. Pure: the time is handed in.

Three ways a stream dies silently (polymarket.md 5.3): the socket is gone but open (no PONG), the
socket lives but brings nothing, or some tokens stop while others go on. A quiet market is none of
these: a token is suspect only after a multiple of its own longest pause, and each fruitless
attempt doubles the patience, so that a dead token does not disturb the living.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from bot.domain.market import TokenId
from bot.domain.units import NS_PER_S

DOUBLINGS_MAX = 7
"""Fruitless attempts after which patience grows no more: 128 times then."""


class WatchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Patience with a stream, in seconds.

    `ping_s`: between two PINGs (the exchange wants 10). `pong_s`: age of the last PONG that means
    a dead socket. `connection_silence_s`: without any frame but PONG. `token_silence_s`: the least
    pause of one token that may be suspect; `pause_factor` times its longest pause so far is
    awaited. `snapshot_s`: for the book that every subscription brings.
    """

    ping_s: float = 10.0
    pong_s: float = 25.0
    connection_silence_s: float = 120.0
    token_silence_s: float = 60.0
    pause_factor: float = 5.0
    snapshot_s: float = 10.0


class Ping(msgspec.Struct, frozen=True):
    """Send PING now."""


class Resubscribe(msgspec.Struct, frozen=True):
    """Subscribe to this token again."""

    token: TokenId


class Reconnect(msgspec.Struct, frozen=True):
    """Give this connection up."""

    reason: str


Action: TypeAlias = Ping | Resubscribe | Reconnect


class _TokenWatch(msgspec.Struct):
    # `awaited_since_ns`: subscribed then and nothing came yet. Strikes: attempts without effect.
    data_ns: int
    awaited_since_ns: int | None
    pause_ns_max: int = 0
    strikes: int = 0
    is_resubscribed: bool = False


class StreamWatch:
    """The watch over one connection and its tokens; it survives reconnections."""

    def __init__(self, tokens: Sequence[TokenId], settings: WatchSettings, now_ns: int) -> None:
        """Watch a connection that opens now."""
        self._settings = settings
        self._tokens = {token: _TokenWatch(now_ns, now_ns) for token in tokens}
        self.connected(now_ns)

    def connected(self, now_ns: int) -> None:
        """Take that a new connection has just subscribed to everything."""
        self._frame_ns = now_ns
        self._ping_ns = now_ns
        self.pong_ns = now_ns
        for watch in self._tokens.values():
            watch.awaited_since_ns = now_ns
            watch.is_resubscribed = False

    def saw_pong(self, now_ns: int) -> None:
        """Take a PONG."""
        self.pong_ns = now_ns

    def saw_frame(self, tokens: Iterable[TokenId], now_ns: int) -> None:
        """Take a frame with data of these tokens; tokens of others are ignored."""
        self._frame_ns = now_ns
        for token in tokens:
            watch = self._tokens.get(token)
            if watch is None:
                continue
            if watch.awaited_since_ns is None:
                watch.pause_ns_max = max(watch.pause_ns_max, now_ns - watch.data_ns)
            watch.data_ns = now_ns
            watch.awaited_since_ns = None
            watch.is_resubscribed = False
            watch.strikes = 0

    def resubscribed(self, token: TokenId, now_ns: int) -> None:
        """Take that a token was subscribed to again, by whoever's wish."""
        watch = self._tokens[token]
        watch.awaited_since_ns = now_ns
        watch.is_resubscribed = True

    def due(self, now_ns: int) -> list[Action]:
        """Return what must be done now; a Reconnect is alone."""
        settings = self._settings
        if now_ns - self.pong_ns > settings.pong_s * NS_PER_S:
            return [Reconnect("no PONG")]
        if now_ns - self._frame_ns > settings.connection_silence_s * NS_PER_S:
            return [Reconnect("connected, but no data")]
        actions: list[Action] = []
        if now_ns - self._ping_ns >= settings.ping_s * NS_PER_S:
            self._ping_ns = now_ns
            actions.append(Ping())
        for token, watch in self._tokens.items():
            if self._is_suspect(watch, now_ns):
                watch.strikes = min(watch.strikes + 1, DOUBLINGS_MAX)
                if watch.is_resubscribed:
                    return [Reconnect(f"token {token} stays silent")]
                actions.append(Resubscribe(token))
        return actions

    def _is_suspect(self, watch: _TokenWatch, now_ns: int) -> bool:
        settings = self._settings
        if watch.awaited_since_ns is not None:
            patience_s = settings.snapshot_s * (1 << watch.strikes)
            return now_ns - watch.awaited_since_ns > patience_s * NS_PER_S
        floor_ns = settings.token_silence_s * NS_PER_S
        return now_ns - watch.data_ns > max(floor_ns, settings.pause_factor * watch.pause_ns_max)
