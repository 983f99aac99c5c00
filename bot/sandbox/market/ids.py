"""The names a generated market goes by: condition id and token ids, drawn from its seed."""

from __future__ import annotations

from bot.domain.market import ConditionId, TokenId
from bot.sandbox.market.config import GeneratedMarketConfig
from bot.sandbox.market.traders import purpose_rng

_TOKEN_DIGITS = 77


def condition_id(config: GeneratedMarketConfig) -> ConditionId:
    """Return `0x` and 64 hex digits, the same for the same seed."""
    return ConditionId(f"0x{purpose_rng(config, 'condition').getrandbits(256):064x}")


def token_ids(config: GeneratedMarketConfig) -> tuple[TokenId, TokenId]:
    """Return the YES and the NO token: 77 decimal digits each, the same for the same seed."""
    rng = purpose_rng(config, "tokens")
    low, high = 10 ** (_TOKEN_DIGITS - 1), 10**_TOKEN_DIGITS - 1
    return TokenId(str(rng.randint(low, high))), TokenId(str(rng.randint(low, high)))
