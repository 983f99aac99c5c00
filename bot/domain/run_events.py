"""Events of the run itself: when it began and ended, what it runs with, what stopped it."""

from __future__ import annotations

import msgspec

from bot.domain.market import Outcome, TokenId
from bot.domain.record import Record


class RunStarted(Record, frozen=True, kw_only=True):
    """A bot started. Hashes are SHA-256 hex of the configuration and the active calibration.

    `outcomes` says which outcome each token of the markets is. `cash` is what the flow in
    `EquityMarked.cash` counts from, so that both together are the cash that should be there;
    `None` where there is no account to compare with.
    """

    version: str
    venue: str
    seed: int
    config_hash: str
    calibration_hash: str
    markets: tuple[str, ...]
    outcomes: dict[TokenId, Outcome] = msgspec.field(default_factory=dict)
    cash: int | None = None


class RunStopped(Record, frozen=True, kw_only=True):
    """A bot stopped in order; `open_orders` is what it could not take off the book."""

    reason: str
    open_orders: int


class CalibrationLoaded(Record, frozen=True, kw_only=True):
    """The paper venue uses another calibration from now on, without a restart.

    `calibration_hash` is the new one's, `measured_until_ns` the end of the window it was measured
    on; `RunStarted` tells the first one.
    """

    calibration_hash: str
    measured_until_ns: int


class KillSwitchTripped(Record, frozen=True, kw_only=True):
    """Trading stopped until a person resets it; `loss` is cash, positive."""

    reason: str
    loss: int


class IncomeReported(Record, frozen=True, kw_only=True):
    """What the exchange credited for making markets on one day (UTC), besides the trades.

    `rewards_usd` and `rebates_usd` are the day's so far; the `_added_` ones what is new since the
    look before, 0 for what was there when the run began. It is money of another day's trading, so
    it is in no equity.
    """

    day: str
    rewards_usd: float
    rebates_usd: float
    rewards_added_usd: float
    rebates_added_usd: float


class TransactionMined(Record, frozen=True, kw_only=True):
    """A transaction of ours is in a block; `gas_cost_usd` is `None` when POL has no known price."""

    operation: str
    transaction_hash: str
    succeeded: bool
    gas_used: int = 0
    gas_price_gwei: float = 0.0
    gas_cost_pol: float = 0.0
    gas_cost_usd: float | None = None
