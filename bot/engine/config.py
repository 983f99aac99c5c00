"""The engine's settings: how often it looks around, and those of the rooms it uses."""

from __future__ import annotations

from typing import Annotated

import msgspec

from bot.domain.units import CASH_SCALE
from bot.execution.config import ReconcileConfig, ThrottleConfig
from bot.risk.limits import RiskLimits
from bot.strategy.config import StrategyConfig

Interval = Annotated[int, msgspec.Meta(ge=1, le=86_400_000)]


class EngineConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One bot's settings, whatever the venue.

    * `decision_interval_ms`: least time between two looks at one market, except to pull quotes.
    * `refresh_interval_ms`: longest time between two looks.
    * `sample_interval_ms`: between two samples of quotes. `report_interval_ms`: between two reports
      of feed counts and equity.
    * `cash`: the account's cash at start, 1/1,000,000 dollar.
    """

    decision_interval_ms: Interval = 250
    refresh_interval_ms: Interval = 10_000
    sample_interval_ms: Interval = 10_000
    report_interval_ms: Interval = 60_000
    cash: Annotated[int, msgspec.Meta(ge=0)] = 25 * CASH_SCALE
    strategy: StrategyConfig = StrategyConfig()
    risk: RiskLimits = RiskLimits()
    reconcile: ReconcileConfig = ReconcileConfig()
    throttle: ThrottleConfig = ThrottleConfig()
