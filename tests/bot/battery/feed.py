"""Messages of one market for the tests of the disturbances."""

from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.messages import BookSnapshot, LevelChange, LevelChanges, TradePrint
from bot.domain.units import NS_PER_S

MARKET = Market(ConditionId("0x1"), "it-rains", "", TokenId("1"), TokenId("2"), 100, 5_000_000)
START_NS = 1_000 * NS_PER_S


def book(token: str, bid: int, ask: int) -> BookSnapshot:
    """A whole book of one level a side."""
    return BookSnapshot(START_NS, TokenId(token), ((bid, 7),), ((ask, 9),), 100, "hash")


def opening() -> list[tuple[int, BookSnapshot]]:
    """Both books: YES at 40 to 42 cents."""
    return [(START_NS, book("1", 4_000, 4_200)), (START_NS, book("2", 5_800, 6_000))]


def change(token: str, *, is_bid: bool, price: int, size: int, bid: int, ask: int) -> LevelChanges:
    """One level shows another size."""
    level = LevelChange(TokenId(token), is_bid, price, size, bid, ask, "hash")
    return LevelChanges(START_NS, (level,))


def trade(side: Side, price: int) -> TradePrint:
    """A trade of five shares."""
    return TradePrint(START_NS, MARKET.yes, side, price, 5_000_000, "0xabc")


def at(second: float) -> int:
    """A time after the start."""
    return START_NS + round(second * NS_PER_S)
