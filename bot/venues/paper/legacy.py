"""The first generation of paper, kept for the before/after figure: a coin flip instead of evidence.

* While an order rests, once a second it fills with probability
  fill_probability * exp(-0.5 * distance from the mid in ticks) * 1 s / 60 s:
  `fill_probability` is read as the chance of an order at the mid over a nominal minute. With the
  seed's 0.3 that is the hazard of 0.005/s and the decay of 0.5 a tick of calibration.md 4.3.
* A fill takes a uniform share of what is open, in hundredths of a share, at least one.
* Without a mid that may be trusted nothing fills. Levels and prints of the tape play no part.
* `adverse_selection_bps` and `maker_fee_bps` of the value are charged as cash with the fill. Moving
  the mid instead would break marking to the shared tape; cash says the same and can be seen.

Latency, refusals, account and settlement are the venue's, with the seed's numbers in
`LEGACY_DEFAULTS`. Queue, misses and residual cash play no part.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

from bot.domain.book import BookState
from bot.domain.calibration import (
    Latency,
    PaperConfig,
    RejectionParameters,
    SettlementParameters,
)
from bot.domain.market import Market, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.ports import BookView
from bot.domain.reports import Evidence, RejectionReason
from bot.domain.units import NS_PER_S, SIZE_GRID
from bot.venues.paper.level import QueueModel
from bot.venues.paper.matching import Match, Matching

INTERVAL_NS = NS_PER_S
HORIZON_NS = 60 * NS_PER_S
DECAY_PER_TICK = 0.5

LEGACY_DEFAULTS = PaperConfig(
    fill_probability=0.3,
    adverse_selection_bps=10.0,
    maker_fee_bps=-20.0,
    rtt=Latency(median_ms=250.0, sigma=0.0),
    cancel_rtt=Latency(median_ms=250.0, sigma=0.0),
    rejections=RejectionParameters(probability={RejectionReason.OTHER: 0.05}),
    settlement=SettlementParameters(delay=Latency(median_ms=4000.0, sigma=0.0)),
)
"""The seed's numbers: 250 ms, 5 % refused, 10 bps lost, 20 bps rebate (calibration.md 3.4)."""


class LegacyMatching(Matching):
    """Own resting orders that fill by chance. Refusals, and who rests where, are as on the tape."""

    def __init__(
        self,
        markets: Sequence[Market],
        books: Mapping[TokenId, BookView],
        fill_probability: float,
        rng: random.Random,
    ) -> None:
        """`rng` decides the fills and nothing else."""
        super().__init__(markets, books, QueueModel(math.inf, rng))
        self.set_chance(fill_probability)
        self._rng = rng

    def set_chance(self, fill_probability: float) -> None:
        """Let orders fill with this probability over the nominal minute, at the mid."""
        self._chance = fill_probability * INTERVAL_NS / HORIZON_NS

    def rest(
        self,
        order_id: OrderId,
        order: NewOrder,
        now_ns: int,
        *,
        is_missed: bool = False,  # noqa: ARG002 - the tape misses them all
    ) -> int | None:
        """Put the order on the book where the tape misses it, whatever `is_missed` says.

        Always `None`: this model knows no queue.
        """
        super().rest(order_id, order, now_ns, is_missed=True)
        return None

    def evaluate(self, order_id: OrderId) -> list[Match]:
        """Return what the coin says of one order for one interval; nothing once it is gone."""
        resting = self._orders.get(order_id)
        if resting is None or self._rng.random() >= self._chance_of(resting.order):
            return []
        grid_steps = math.ceil(self._rng.random() * resting.open_size / SIZE_GRID)
        size = min(max(1, grid_steps) * SIZE_GRID, resting.open_size)
        resting.open_size -= size
        matches = [Match(order_id, size, Evidence.MODEL, None)]
        self._drop_filled(matches)
        return matches

    def _chance_of(self, order: NewOrder) -> float:
        book = self._books[order.token]
        if book.state is not BookState.VALID or book.mid is None:
            return 0.0
        ticks = abs(book.mid - order.price) / book.tick
        return self._chance * math.exp(-DECAY_PER_TICK * ticks)
