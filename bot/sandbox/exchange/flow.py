"""Where a local exchange's market comes from: a tape, or traders made up from a seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import msgspec

from bot.domain.errors import InputError
from bot.domain.market import FeeSchedule, Market
from bot.domain.messages import MarketMessage
from bot.sandbox.market import GeneratedMarketConfig, gamma_market, generate
from bot.sandbox.market.ids import condition_id, token_ids
from bot.tape import read_tape
from bot.tape_markets import markets_on
from bot.venues.polymarket.wire import decode


class Flow(msgspec.Struct, frozen=True):
    """Markets, what the catalogue says of them, and (ns since the start, message) in order."""

    markets: tuple[Market, ...]
    catalogue: Mapping[str, Mapping[str, object]]
    messages: Iterator[tuple[int, MarketMessage]]


def tape_flow(path: Path, market: str | None = None) -> Flow:
    """Return the flow of a recording. Raises TapeError or InputError when it cannot serve."""
    tape = read_tape(path)
    markets = markets_on([tape], market)
    messages = _decoded((frame.local_ns, frame.payload) for frame in read_tape(path))
    return Flow(tuple(markets), {}, messages)


def generated_flow(config: GeneratedMarketConfig) -> Flow:
    """Return the flow of a generated market; nothing of it is late or lost on the way."""
    perfect = msgspec.structs.replace(
        config,
        feed_delay_ms=0.1,
        feed_spike_ratio=0.0,
        change_loss_ratio=0.0,
        print_loss_ratio=0.0,
    )
    yes, no = token_ids(perfect)
    market = Market(
        condition_id=condition_id(perfect),
        slug=perfect.slug,
        question=f"Generated market {perfect.seed}: does it resolve YES?",
        yes=yes,
        no=no,
        tick=perfect.tick,
        size_min=perfect.min_order_size,
        neg_risk=perfect.neg_risk,
        fees=FeeSchedule(rate=0.05, exponent=1.0, rebate_share=0.25),
        end_ns=None,
    )
    frames = ((frame.local_ns, frame.payload) for frame in generate(perfect))
    return Flow((market,), {market.condition_id: gamma_market(perfect)}, _decoded(frames))


def _decoded(frames: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, MarketMessage]]:
    walk = iter(frames)
    first = next(walk, None)
    if first is None:
        raise InputError("the tape is empty")
    started_ns = first[0]
    for local_ns, payload in chain([first], walk):
        for message in decode(payload):
            yield local_ns - started_ns, message
