"""The typed structs read what the exchange writes."""

import json

import msgspec
import pytest

from bot.domain.market import Side
from bot.venues.polymarket import wire_schema as schema
from tests.bot.venues.polymarket.market_frames import TIME_MS, YES, book, entry, price_change, trade


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (price_change(entry()), schema.PriceChange),
        (book(), schema.Book),
        (trade(), schema.LastTradePrice),
        ({"event_type": "best_bid_ask", "spread": "0.01"}, schema.BestBidAsk),
        ({"event_type": "new_market", "id": "7"}, schema.NewMarket),
    ],
)
def test_tag_at_the_end_of_the_object_finds_the_struct(
    content: dict[str, object], kind: type[schema.WireEvent]
) -> None:
    """Fields that nobody reads are skipped."""
    event = msgspec.json.decode(json.dumps(content), type=schema.WireEvent, strict=False)
    assert kind is type(event)


def test_numbers_in_text_are_numbers() -> None:
    """Parsed in C."""
    event = msgspec.json.decode(
        json.dumps(price_change(entry())), type=schema.PriceChange, strict=False
    )
    change = schema.Change(YES, 0.521, 4578.7, Side.SELL, 0.519, 0.52, "535ba2")
    assert schema.PriceChange(timestamp=TIME_MS, price_changes=[change]) == event
