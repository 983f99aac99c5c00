"""A generated market: seeded traders whose order flow is written as the exchange writes its feed.

`generate(config)` yields frames, `write_tape` keeps them in a file, `gamma_market` describes the
market as the exchange's catalogue would. `TraderMarket` is the order-by-order market underneath,
stepped by hand. What the market is meant to look like is in docs/generated-market.md.
"""

from bot.sandbox.market.config import GeneratedMarketConfig
from bot.sandbox.market.gamma import gamma_market
from bot.sandbox.market.generate import Frame, generate
from bot.sandbox.market.tape import write_tape
from bot.sandbox.market.traders import TraderMarket

__all__ = [
    "Frame",
    "GeneratedMarketConfig",
    "TraderMarket",
    "gamma_market",
    "generate",
    "write_tape",
]
