"""The single writer of all trading state: market data and reports in, requests and events out."""

from bot.engine.config import EngineConfig
from bot.engine.core import Engine
from bot.engine.guard import LatchStore
from bot.engine.publisher import Publisher
from bot.engine.tokens import TokenState

__all__ = ["Engine", "EngineConfig", "LatchStore", "Publisher", "TokenState"]
