"""What the user channel says, as typed records, before any number is believed.

The names are the exchange's (polymarket.md 5.2). Numbers come as text, sometimes empty, sometimes
as JSON numbers. Fields that nobody here reads are left out.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

Stated: TypeAlias = str | int | float | None
"""A number as it is stated; "" and null mean that it is not."""


class WireLeg(msgspec.Struct):
    """One maker order of a trade: its own token and price, whatever the taker's were."""

    order_id: str
    asset_id: str
    matched_amount: Stated
    price: Stated
    owner: str = ""
    maker_address: str = ""


class WireTrade(msgspec.Struct, tag_field="event_type", tag="trade"):
    """One trade. `size`, `price` and `asset_id` at the top are the taker's."""

    id: str
    status: str
    asset_id: str
    price: Stated
    size: Stated
    taker_order_id: str = ""
    maker_orders: list[WireLeg] = []
    match_time: Stated = None
    matchtime: Stated = None
    timestamp: Stated = None


class WireOrder(msgspec.Struct, tag_field="event_type", tag="order"):
    """One order of ours as the exchange sees it now; `type` says what just happened to it."""

    id: str
    type: str = ""
    status: str = ""
    size_matched: Stated = None
    timestamp: Stated = None


WireUserEvent: TypeAlias = WireTrade | WireOrder
