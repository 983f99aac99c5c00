"""What every event carries: see events.py, which says what the fields mean."""

from __future__ import annotations

import msgspec

from bot.domain.market import TokenId


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True, gc=False):
    """What every event carries. Frozen values hold no cycles: the collector need not look."""

    seq: int
    ts_ns: int
    run_id: str
    ts_venue_ns: int | None = None
    market: str | None = None
    token: TokenId | None = None
