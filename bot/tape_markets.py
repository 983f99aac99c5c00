"""The markets of a recording, found in its own frames.

A tape names tokens and a placeholder or condition id, not outcomes: the token seen first, which is
that of the first `book`, is called YES, the other NO. Tick and minimum size come from the book
where it says so. Whether the market is neg-risk is not said, but the hash of its first whole book
covers it: the value that gives the stated hash is the one. Anything else about the market (fees,
end date) stays unknown, and the replay says nothing about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from bot.domain.book import Book, OffGridError
from bot.domain.book_hash import book_hash
from bot.domain.errors import InputError
from bot.domain.market import TICK_SIZES, ConditionId, Market, TokenId
from bot.domain.messages import BookSnapshot
from bot.domain.units import (
    NS_PER_MS,
    SIZE_SCALE,
    format_price,
    format_size,
    parse_price,
    parse_size,
)
from bot.tape import Tape
from bot.venues.polymarket.wire import decode

FRAMES_MAX = 20_000
"""Frames looked at: every market of a tape shows both its tokens long before."""
DEFAULT_TICK = 100
DEFAULT_SIZE_MIN = 5 * SIZE_SCALE


class _Entry(msgspec.Struct):
    asset_id: str = ""


class _Event(msgspec.Struct):
    market: str = ""
    asset_id: str = ""
    event_type: str = ""
    hash: str = ""
    tick_size: str | None = None
    min_order_size: str | None = None
    last_trade_price: str | None = None
    price_changes: list[_Entry] = []


_decode_events = msgspec.json.Decoder(_Event | list[_Event], strict=False).decode


class _Seen:
    """What the tape has said of one market so far."""

    def __init__(self) -> None:
        self.tokens: Counter[str] = Counter()
        self.tick: int | None = None
        self.size_min: int | None = None
        self.neg_risk: bool | None = None

    def note(self, event: _Event) -> None:
        for token in (event.asset_id, *(entry.asset_id for entry in event.price_changes)):
            if token:
                self.tokens[token] += 1
        if self.tick is None:
            self.tick = _tick(event.tick_size)
        if self.size_min is None:
            self.size_min = _number(event.min_order_size, parse_size)

    @property
    def pair(self) -> list[str]:
        """The two tokens seen most, in order of appearance: a third one is damage."""
        most = {token for token, _ in self.tokens.most_common(2)}
        return [token for token in self.tokens if token in most]


def find_markets(frames: Iterable[bytes], only: str | None = None) -> list[Market]:
    """Return the markets seen in the first frames, in order of appearance.

    `only` keeps the one whose id or slug begins with it. Raises InputError when none is whole.
    """
    seen: dict[str, _Seen] = {}
    for _, frame in zip(range(FRAMES_MAX), frames, strict=False):
        for event in _events(frame):
            if event.market:
                found = seen.setdefault(event.market, _Seen())
                found.note(event)
                if found.neg_risk is None and event.event_type == "book":
                    found.neg_risk = _proven_neg_risk(event, frame)
    markets = [_market(name, found) for name, found in seen.items() if len(found.pair) == 2]
    if only is not None:
        markets = [market for market in markets if market.condition_id.startswith(only)]
    if not markets:
        wanted = f" that begins with {only!r}" if only else ""
        raise InputError(f"no market{wanted} shows both its tokens")
    return markets


def markets_on(tapes: Sequence[Tape], only: str | None = None) -> list[Market]:
    """Return the markets of recordings like `find_markets`; the error names files and damage."""
    try:
        return find_markets((frame.payload for tape in tapes for frame in tape), only)
    except InputError as error:
        names = ", ".join(str(tape.path) for tape in tapes)
        damaged = sum(tape.damaged for tape in tapes)
        hint = f"; lines that are no frames: {damaged}, is it a recording?" if damaged else ""
        raise InputError(f"{names}: {error}{hint}") from error


def _events(frame: bytes) -> list[_Event]:
    try:
        decoded = _decode_events(frame)
    except msgspec.MsgspecError:
        return []  # the replay itself counts and reports damage
    return decoded if isinstance(decoded, list) else [decoded]


def _proven_neg_risk(event: _Event, frame: bytes) -> bool | None:
    # The value with which the book gives its own stated hash; `None` when neither does.
    tick = _tick(event.tick_size)
    if tick is None:
        return None  # a book after a trade does not say all that its hash covers
    for message in decode(frame):
        if not isinstance(message, BookSnapshot) or message.hash != event.hash:
            continue
        book = Book(message.token, tick)
        try:
            book.load(message.bids, message.asks)
        except OffGridError:
            continue  # damage, which the replay counts
        for neg_risk in (False, True):
            if message.hash == book_hash(
                book,
                market=ConditionId(event.market),
                timestamp_ms=message.ts_venue_ns // NS_PER_MS,
                min_order_size=event.min_order_size or format_size(DEFAULT_SIZE_MIN),
                neg_risk=neg_risk,
                last_trade_price=event.last_trade_price or "",
                tick_size=format_price(tick),
            ):
                return neg_risk
    return None


def _tick(text: str | None) -> int | None:
    tick = _number(text, parse_price)
    return tick if tick in TICK_SIZES else None


def _number(text: str | None, parse: Callable[[str], int]) -> int | None:
    # What is missing or damaged is not known; a later book may say it again.
    try:
        return parse(text) if text else None
    except ValueError:
        return None


def _market(name: str, seen: _Seen) -> Market:
    yes, no = seen.pair
    return Market(
        condition_id=ConditionId(name),
        slug=name[:12],
        question="",
        yes=TokenId(yes),
        no=TokenId(no),
        tick=DEFAULT_TICK if seen.tick is None else seen.tick,
        size_min=DEFAULT_SIZE_MIN if seen.size_min is None else seen.size_min,
        neg_risk=bool(seen.neg_risk),
    )
