"""What of a fill cannot be so, and what is only unusual."""

import msgspec
import pytest

from bot.domain.market import Side
from bot.domain.orders import NewOrder, OrderId
from bot.domain.reports import Evidence, Filled, TradeState
from bot.engine.flaws import flaw_of
from tests.bot.engine.world import NO, SHARE, YES

BID = NewOrder(1, YES, Side.BUY, 4_900, 5 * SHARE, 0)
ASK = NewOrder(1, YES, Side.SELL, 5_100, 5 * SHARE, 0)


def fill(order: NewOrder, **changes: object) -> Filled:
    """The whole of an order at its own price, changed."""
    whole = Filled(
        order_id=OrderId("o1"),
        trade_id="t1",
        token=order.token,
        side=order.side,
        price=order.price,
        size=order.size,
        evidence=Evidence.EXCHANGE,
        state=TradeState.MATCHED,
    )
    return msgspec.structs.replace(whole, **changes)


@pytest.mark.parametrize(
    "report",
    [
        fill(BID),
        fill(ASK),
        fill(BID, size=1),
        fill(BID, price=4_800),
        fill(BID, price=0),
        fill(ASK, price=5_200),
        fill(ASK, price=10_000),
    ],
)
def test_what_may_happen_has_no_flaw(report: Filled) -> None:
    """All of an order or the least of it, at its price or a better one."""
    assert flaw_of(report, BID if report.side is Side.BUY else ASK) is None


@pytest.mark.parametrize(
    ("flaw", "order", "changes"),
    [
        ("token", BID, {"token": NO}),
        ("side", BID, {"side": Side.SELL}),
        ("size", BID, {"size": 0}),
        ("size", BID, {"size": -1}),
        ("size", ASK, {"size": 5 * SHARE + 1}),
        ("price", BID, {"price": 4_901}),
        ("price", BID, {"price": -1}),
        ("price", ASK, {"price": 5_099}),
        ("price", ASK, {"price": 10_001}),
    ],
)
def test_what_cannot_be_is_named(flaw: str, order: NewOrder, changes: dict[str, object]) -> None:
    """Another token or side, more than the order or nothing, a worse price or none at all."""
    assert flaw == flaw_of(fill(order, **changes), order)
