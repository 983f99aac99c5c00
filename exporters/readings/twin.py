"""Orders compared with their twins."""

from __future__ import annotations

from bot.domain import events
from bot.domain.units import SIZE_SCALE
from exporters.catalogue import twin as metrics
from exporters.families import Families
from exporters.readings.places import slug_of


class TwinReadings:
    """The metrics of what paper and production made of the same orders."""

    def __init__(self, families: Families) -> None:
        """Make every series."""
        self._orders = families.counters(metrics.ORDERS)
        self._shares = families.counters(metrics.SHARES)

    def read(self, event: events.OrderCompared) -> None:
        """Take one order. Raises KeyError for a market not given at start."""
        slug = slug_of(event.market)
        self._orders.add(slug, event.agreement)
        self._shares.add(slug, "paper", amount=event.filled_paper / SIZE_SCALE)
        self._shares.add(slug, "production", amount=event.filled_production / SIZE_SCALE)
