"""What goes through the pipe to the twin: one frame an item, each with its time.

A frame is its kind (1 byte), the length of what follows (4 bytes) and the time in ns (8 bytes), all
big-endian, then the item as MessagePack. Production is the only writer, the twin the only reader,
both of one version: nothing here is kept.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from bot.domain import messages
from bot.domain.errors import InputError
from bot.domain.events import Event
from bot.domain.market import Market, TokenId

HEAD = struct.Struct(">BIq")
BODY_BYTES_MAX = 64 << 20
"""A longer item is no item: whole books of both tokens are some 100 KB."""


class Tick(msgspec.Struct, frozen=True):
    """Nothing happened: time goes on."""


class TwinSetup(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a twin, and always the first item.

    `run_id`, `config_hash` and `seed` are production's. `calibration` is a path, empty for the
    priors. `holdings` are production's tokens at the start, taken at the YES price `mid`. Of the
    journal is kept what `journal_age_s_max` and `journal_bytes_max` say, and what a shipper needs
    that keeps its place in `shipper`.
    """

    run_id: str
    market: Market
    config_hash: str
    seed: int
    directory: str
    journal_age_s_max: int
    journal_bytes_max: int
    shipper: str
    calibration: str = ""
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    holdings: Mapping[TokenId, int] = {}
    mid: int = 0


Item: TypeAlias = TwinSetup | Tick | messages.MarketMessage | Event

_PLAIN: tuple[type, ...] = (
    TwinSetup,
    Tick,
    messages.LevelChanges,
    messages.BookSnapshot,
    messages.TradePrint,
    messages.TickSizeChange,
    messages.MarketResolved,
    messages.FeedGap,
    messages.DamagedFrame,
)
_EVENT = len(_PLAIN)
"""The kind of every event: they carry their own names."""
_KIND_OF = {kind: number for number, kind in enumerate(_PLAIN)}
_decoders = [*(msgspec.msgpack.Decoder(kind) for kind in _PLAIN), msgspec.msgpack.Decoder(Event)]
_encode = msgspec.msgpack.Encoder().encode


def to_frame(item: Item, now_ns: int) -> bytes:
    """Return the frame of one item."""
    body = _encode(item)
    return HEAD.pack(_KIND_OF.get(type(item), _EVENT), len(body), now_ns) + body


def read_head(head: bytes) -> tuple[int, int, int]:
    """Return (kind, length, time in ns). Raises InputError for what is no head of a frame."""
    kind, length, now_ns = HEAD.unpack(head)
    if kind > _EVENT or length > BODY_BYTES_MAX:
        raise InputError(f"no frame begins with kind {kind}, length {length}")
    return kind, length, now_ns


def read_body(kind: int, body: bytes) -> Item:
    """Return the item. Raises InputError for what is none of its kind."""
    try:
        item: Item = _decoders[kind].decode(body)
    except msgspec.MsgspecError as error:
        raise InputError(f"no frame of kind {kind}: {error}") from error
    return item
