"""The typed records of the user channel take what the wire has."""

import msgspec
import pytest

from bot.venues.polymarket.user_schema import WireOrder, WireTrade, WireUserEvent
from tests.bot.venues.polymarket.own_account import order_event, trade_event


@pytest.mark.parametrize("stated", ["5", "", 5, 5.5, None])
def test_numbers_may_be_text_numbers_or_missing(stated: object) -> None:
    """A size that is empty or a JSON number does not cost the whole message."""
    event = msgspec.convert(order_event(size_matched=stated), WireUserEvent)
    assert isinstance(event, WireOrder)
    assert stated == event.size_matched


def test_fields_nobody_reads_do_no_harm() -> None:
    """New fields of the exchange are skipped."""
    event = msgspec.convert(trade_event(brand_new={"a": [1]}), WireUserEvent)
    assert isinstance(event, WireTrade)
