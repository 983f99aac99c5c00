"""A binary market and the two outcome tokens that trade in it."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

import msgspec

from bot.domain.units import PRICE_SCALE, complement

TokenId = NewType("TokenId", str)
"""Decimal digits of the ERC-1155 token of one outcome."""
ConditionId = NewType("ConditionId", str)
"""`0x` and 64 hex digits naming the market."""

TICK_SIZES = (1000, 100, 50, 25, 10, 1)
"""Tick sizes of the exchange in price units (polymarket.md 2.1)."""


class Side(StrEnum):
    """The side of an order, or of the taker of a trade."""

    BUY = "BUY"
    SELL = "SELL"

    @property
    def opposite(self) -> Side:
        """The other side."""
        return SELL if self is BUY else BUY

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell."""
        return 1 if self is BUY else -1


class Outcome(StrEnum):
    """Which of the two tokens."""

    YES = "YES"
    NO = "NO"


BUY, SELL = Side.BUY, Side.SELL
YES, NO = Outcome.YES, Outcome.NO
"""The members by themselves, for what runs often: looking one up through its class takes Python
3.11 longer (0.2 µs) than most decisions it is for."""


class FeeSchedule(msgspec.Struct, frozen=True):
    """Taker fee = shares * rate * (p * (1 - p)) ** exponent (polymarket.md 3.1).

    Makers pay nothing. `rebate_share` is the part of the takers' fees paid back to makers, as a
    daily pool.
    """

    rate: float = 0.0
    exponent: float = 1.0
    rebate_share: float = 0.0


class RewardTerms(msgspec.Struct, frozen=True):
    """Liquidity rewards: what a resting order needs to score (polymarket.md 3.3).

    `size_min` in size units, `spread_max` in price units from the midpoint, `age_min_ns` at rest.
    """

    size_min: int
    spread_max: int
    age_min_ns: int


class Market(msgspec.Struct, frozen=True):
    """What must be known of a market before quoting it.

    `tick` is a price, `size_min` a size. `end_ns` is the announced resolution, `None` when unknown.
    """

    condition_id: ConditionId
    slug: str
    question: str
    yes: TokenId
    no: TokenId
    tick: int
    size_min: int
    neg_risk: bool = False
    fees: FeeSchedule = FeeSchedule()
    rewards: RewardTerms | None = None
    end_ns: int | None = None
    accepting_orders: bool = True

    def __post_init__(self) -> None:
        """Raise ValueError for a market that could not be quoted at all."""
        if self.tick not in TICK_SIZES:
            raise ValueError(f"market {self.slug}: unknown tick size {self.tick}/{PRICE_SCALE}")
        if self.yes == self.no:
            raise ValueError(f"market {self.slug}: both outcomes have the same token")
        if self.size_min < 0:
            raise ValueError(f"market {self.slug}: negative minimum size")

    @property
    def tokens(self) -> tuple[TokenId, TokenId]:
        """Both tokens, YES first."""
        return self.yes, self.no

    def outcome(self, token: TokenId) -> Outcome:
        """Return which outcome `token` is. Raises ValueError for a token of another market."""
        if token == self.yes:
            return YES
        if token == self.no:
            return NO
        raise ValueError(f"token {token} does not belong to market {self.slug}")

    def other(self, token: TokenId) -> TokenId:
        """Return the token of the other outcome. Raises ValueError like `outcome`."""
        return self.no if self.outcome(token) is YES else self.yes


def in_yes_terms(outcome: Outcome, side: Side, price: int) -> tuple[Side, int]:
    """Return the same order or trade seen on the YES token: BUY NO at q is SELL YES at 1 - q."""
    if outcome is YES:
        return side, price
    return side.opposite, complement(price)
