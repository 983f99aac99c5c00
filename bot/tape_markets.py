"""The markets of a recording, found in its own frames.

A tape names tokens and a placeholder or condition id, not outcomes: the first token with a `book`
is called YES, the other NO. Tick and minimum size come from the book where it says so. Anything
else about the market (fees, end date) stays unknown, and the replay says nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from bot.domain.errors import InputError
from bot.domain.market import ConditionId, Market, TokenId
from bot.domain.units import parse_price, parse_size

FRAMES_MAX = 20_000
"""Frames looked at: every market of a tape shows both its tokens long before."""
DEFAULT_TICK = "0.01"
DEFAULT_SIZE_MIN = "5"


class _Entry(msgspec.Struct):
    asset_id: str = ""


class _Event(msgspec.Struct):
    market: str = ""
    asset_id: str = ""
    event_type: str = ""
    tick_size: str | None = None
    min_order_size: str | None = None
    price_changes: list[_Entry] = []


class _Seen:
    """What the tape has said of one market so far."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.tick: str | None = None
        self.size_min: str | None = None

    def note(self, event: _Event) -> None:
        for token in (event.asset_id, *(entry.asset_id for entry in event.price_changes)):
            if token and token not in self.tokens:
                self.tokens.append(token)
        self.tick = self.tick or event.tick_size or None
        self.size_min = self.size_min or event.min_order_size or None


def find_markets(frames: Iterable[bytes], only: str | None = None) -> list[Market]:
    """Return the markets seen in the first frames, in order of appearance.

    `only` keeps the one whose id or slug begins with it. Raises InputError when none is whole.
    """
    seen: dict[str, _Seen] = {}
    for _, frame in zip(range(FRAMES_MAX), frames, strict=False):
        for event in _events(frame):
            if event.market:
                seen.setdefault(event.market, _Seen()).note(event)
    markets = [_market(name, found) for name, found in seen.items() if len(found.tokens) == 2]
    if only is not None:
        markets = [market for market in markets if market.condition_id.startswith(only)]
    if not markets:
        wanted = f" that begins with {only!r}" if only else ""
        raise InputError(f"the tape shows no market{wanted} with both its tokens")
    return markets


def _events(frame: bytes) -> list[_Event]:
    try:
        decoded: Any = msgspec.json.decode(frame)
        items = decoded if isinstance(decoded, list) else [decoded]
        return [msgspec.convert(item, _Event, strict=False) for item in items]
    except msgspec.MsgspecError:
        return []  # the replay itself counts and reports damage


def _market(name: str, seen: _Seen) -> Market:
    yes, no = seen.tokens
    return Market(
        condition_id=ConditionId(name),
        slug=name[:12],
        question="",
        yes=TokenId(yes),
        no=TokenId(no),
        tick=parse_price(seen.tick or DEFAULT_TICK),
        size_min=parse_size(seen.size_min or DEFAULT_SIZE_MIN),
    )
