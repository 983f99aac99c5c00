"""Disturbed market data: the messages of a tape with something taken away or put in.

Each takes a stream of (local ns, message) and gives another; times never go back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from bot.battery.shadow import ShadowBooks
from bot.domain.market import Market, Side
from bot.domain.messages import FeedGap, MarketMessage, TradePrint
from bot.domain.units import NS_PER_S

Stream: TypeAlias = Iterable[tuple[int, MarketMessage]]

GAP_FIRST_NS = 120 * NS_PER_S
GAP_EVERY_NS = 600 * NS_PER_S
GAP_NS = 30 * NS_PER_S
"""Every ten minutes half a minute is lost, as when a connection breaks and comes back."""


def undisturbed(stream: Stream, _markets: Sequence[Market]) -> Stream:
    """Return the stream as it is."""
    return stream


def without_prints(stream: Stream, _markets: Sequence[Market]) -> Stream:
    """Return the stream without any trade: nothing proves a fill any more."""
    return ((now_ns, message) for now_ns, message in stream if type(message) is not TradePrint)


def behind_everybody(stream: Stream, _markets: Sequence[Market]) -> Stream:
    """Return the stream with each trade one price unit nearer to its taker's wish.

    No queue is reached any more, and a price worse for the taker is still traded through: each own
    order is filled only when the market goes past it, the worst place in every queue.
    """
    for now_ns, message in stream:
        if type(message) is TradePrint:
            step = -1 if message.side is Side.BUY else 1
            yield now_ns, msgspec.structs.replace(message, price=message.price + step)
        else:
            yield now_ns, message


def with_gaps(stream: Stream, markets: Sequence[Market]) -> Iterator[tuple[int, MarketMessage]]:
    """Yield the stream with holes: what comes in one is lost, and whole books follow it."""
    shadow = ShadowBooks(markets)
    gap_from_ns = gap_until_ns = 0
    for now_ns, message in stream:
        gap_from_ns = gap_from_ns or now_ns + GAP_FIRST_NS
        if gap_until_ns and now_ns >= gap_until_ns:
            gap_from_ns, gap_until_ns = now_ns + GAP_EVERY_NS, 0
            for snapshot in shadow.snapshots():
                yield now_ns, snapshot
        elif not gap_until_ns and now_ns >= gap_from_ns:
            gap_until_ns = now_ns + GAP_NS
            yield now_ns, FeedGap("stress: gap")
        shadow.take(message)
        if not gap_until_ns:
            yield now_ns, message
