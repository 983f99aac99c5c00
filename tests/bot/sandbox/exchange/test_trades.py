"""The way of a trade from its match to its end."""

from __future__ import annotations

from random import Random

from bot.domain.market import Outcome, Side
from bot.domain.orders import OrderId
from bot.domain.reports import TradeState
from bot.sandbox.exchange.faults import Dice, Faults
from bot.sandbox.exchange.trades import RETRY_NS, MakerLeg, Trade, draw_path, stranger
from tests.bot.sandbox.exchange.world import QUICK, YES

MS = 1_000_000
LEG = MakerLeg(OrderId("0x1"), "key", "0xme", YES, Outcome.YES, Side.BUY, 4_700, 10)


def path(faults: Faults) -> list[tuple[int, TradeState, bool]]:
    """The steps of one trade, 20 ms apart."""
    steps = draw_path(QUICK, faults, Dice(1))
    return [(step.after_ns, step.state, step.is_told) for step in steps]


def test_a_trade_is_matched_mined_and_confirmed() -> None:
    """The ordinary way."""
    assert [
        (0, TradeState.MATCHED, True),
        (20 * MS, TradeState.MINED, True),
        (40 * MS, TradeState.CONFIRMED, True),
    ] == path(Faults())


def test_a_trade_may_fail_after_a_retry() -> None:
    """FAILED is an end."""
    assert [
        (0, TradeState.MATCHED, True),
        (20 * MS, TradeState.RETRYING, True),
        (20 * MS + RETRY_NS, TradeState.FAILED, True),
    ] == path(Faults(retrying=1.0, failed=1.0))


def test_a_hidden_trade_is_told_of_only_at_its_end() -> None:
    """The steps happen all the same."""
    assert [False, False, True] == [is_told for _, _, is_told in path(Faults(hidden=1.0))]


def test_a_stranger_has_the_terms_but_not_the_names() -> None:
    """Another order, key and wallet."""
    other = stranger(Random(1), LEG, 3)
    assert (LEG.price, LEG.side, 3) == (other.price, other.side, other.size)
    assert not {other.order_id, other.key, other.maker} & {LEG.order_id, LEG.key, LEG.maker}
    trade = Trade("t", "0x", other, [LEG], 0)
    assert trade.is_made_by("key")
    assert not trade.is_made_by(other.key)
