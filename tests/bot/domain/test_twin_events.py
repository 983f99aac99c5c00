"""A comparison names the order on both sides, so that each stream can be looked up."""

import msgspec

from bot.domain.twin_events import OrderCompared
from tests.exporters.samples import sample


def test_both_orders_are_named() -> None:
    """Production's id and the paper venue's, of one decision."""
    fields = msgspec.to_builtins(sample(OrderCompared))
    assert ("o1", "p-1-1", 4) == tuple(
        fields[name] for name in ("order_id", "paper_order_id", "decision_id")
    )
