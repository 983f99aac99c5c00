"""`python -m bot check`: whether this bot may trade for real, from here, with this account, now."""

from bot.preflight.checks import Line, check, may_trade

__all__ = ["Line", "check", "may_trade"]
