"""Choosing what to trade: the catalogue screened, and the traded market watched."""

from bot.markets.scan import choose_market, scan
from bot.markets.watch import MarketWatch

__all__ = ["MarketWatch", "choose_market", "scan"]
