"""Trades of our participants, and the way each of them takes until it is settled or failed."""

from __future__ import annotations

from random import Random

import msgspec

from bot.domain.market import Outcome, Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.reports import TradeState
from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.config import ExchangeConfig
from bot.sandbox.exchange.faults import Dice, Faults

RETRY_NS = 5 * NS_PER_S
"""From RETRYING to the next attempt; real tails are 10 to 50 s (polymarket.md 8.4)."""


class MakerLeg(msgspec.Struct, frozen=True):
    """One maker's part of a trade, on the maker's own token and side. `key` owns the order."""

    order_id: OrderId
    key: str
    maker: str
    token: TokenId
    outcome: Outcome
    side: Side
    price: int
    size: int


class Trade:
    """One taker order against one or more makers. Token, side, price, size are the taker's."""

    def __init__(
        self, trade_id: str, market: str, taker: MakerLeg, legs: list[MakerLeg], matched_ns: int
    ) -> None:
        """Make a trade that was just matched; `taker` is the taker's own part."""
        self.trade_id = trade_id
        self.market = market
        self.taker = taker
        self.legs = legs
        self.matched_ns = self.updated_ns = matched_ns
        self.state = TradeState.MATCHED
        self.transaction_hash = ""

    def is_made_by(self, key: str) -> bool:
        """Return whether an API key made a part of it."""
        return any(leg.key == key for leg in self.legs)


class Step(msgspec.Struct, frozen=True):
    """What a trade becomes, how many ns after the match, and whether participants are told."""

    after_ns: int
    state: TradeState
    is_told: bool


def draw_path(config: ExchangeConfig, faults: Faults, dice: Dice) -> list[Step]:
    """Return the steps of one trade from MATCHED to CONFIRMED or FAILED, in order of time."""
    is_told = not dice.hits("hidden", faults.hidden)
    after_ns = dice.delay_ns("mined", config.mined_delay)
    steps = [Step(0, TradeState.MATCHED, is_told)]
    if dice.hits("retrying", faults.retrying):
        steps.append(Step(after_ns, TradeState.RETRYING, is_told))
        after_ns += RETRY_NS
    if dice.hits("failed", faults.failed):
        return [*steps, Step(after_ns, TradeState.FAILED, is_told=True)]
    steps.append(Step(after_ns, TradeState.MINED, is_told))
    after_ns += dice.delay_ns("confirmed", config.confirmed_delay)
    return [*steps, Step(after_ns, TradeState.CONFIRMED, is_told=True)]


def stranger(rng: Random, like: MakerLeg, size: int) -> MakerLeg:
    """Return somebody else's part of a trade: the same terms, another owner and order."""
    return msgspec.structs.replace(
        like,
        order_id=OrderId(f"0x{rng.getrandbits(256):064x}"),
        key=random_key(rng),
        maker=f"0x{rng.getrandbits(160):040x}",
        size=size,
    )


def random_key(rng: Random) -> str:
    """Return an API key that nobody here has."""
    text = f"{rng.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
