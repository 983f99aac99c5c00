"""How a local exchange is set up; what goes wrong on it is in faults.py."""

from __future__ import annotations

from typing import Annotated

import msgspec

from bot.domain.calibration import Latency
from bot.domain.units import CASH_SCALE
from bot.sandbox.exchange.limits import Tier


class ExchangeConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that does not change while the exchange runs.

    * `seed`: of everything random. `speed`: seconds of the flow in one second of the clock.
    * `cash`: what each new wallet has, in cash units. `tier`: of every signer's rate limits.
    * `power_n`: exponent of the queue model, `None` for risk-averse (only trades move a queue).
    * `mined_delay`, `confirmed_delay`: from a match to MINED, and from there to CONFIRMED.
    * `print_delay_ms`: from a trade's `book` to its `last_trade_price` (feed.md 3).
    * `page_size`: rows a page of /data/orders and /data/trades. `allow_eoa`: take orders of plain
      keys, which the real exchange refuses unless it knows them (polymarket.md 0.4).
    * `ping_timeout_s`: a socket that is silent for longer is closed.
    """

    seed: int = 1
    speed: Annotated[float, msgspec.Meta(gt=0, le=10_000)] = 1.0
    cash: Annotated[int, msgspec.Meta(ge=0)] = 25 * CASH_SCALE
    tier: Tier = Tier.STANDARD
    power_n: Annotated[float, msgspec.Meta(gt=0)] | None = None
    mined_delay: Latency = Latency(median_ms=2_000.0, sigma=0.4)
    confirmed_delay: Latency = Latency(median_ms=3_000.0, sigma=0.4)
    print_delay_ms: Annotated[float, msgspec.Meta(ge=0)] = 20.0
    page_size: Annotated[int, msgspec.Meta(ge=1)] = 100
    allow_eoa: bool = True
    ping_timeout_s: Annotated[float, msgspec.Meta(gt=0)] = 30.0
