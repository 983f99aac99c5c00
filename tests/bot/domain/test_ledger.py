"""The ledger: two stages, each leg once, exact reversal, and profit that adds up to the unit."""

import math

import pytest

from bot.domain import ledger as ledger_module
from bot.domain.errors import InvariantError
from bot.domain.ledger import Equity, Fill, MarketLedger, trade_key
from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.orders import OrderId

YES, NO = TokenId("111"), TokenId("222")
SHARE = 1_000_000
MARKET = Market(ConditionId("0xc0"), "will-it-rain", "Will it rain?", YES, NO, 100, 5 * SHARE)


def fill(
    trade_id: str = "t1",
    token: TokenId = YES,
    side: Side = Side.BUY,
    price: int = 5_000,
    shares: int = 10,
    *,
    order_id: str = "o1",
    fee: int = 0,
    gas_cost: int = 0,
) -> Fill:
    """A fill of whole shares."""
    order = OrderId(order_id)
    return Fill(trade_id, order, token, side, price, shares * SHARE, fee, gas_cost)


@pytest.fixture
def ledger() -> MarketLedger:
    """An empty ledger."""
    return MarketLedger(MARKET)


# two stages ----------------------------------------------------------------------------------


def test_a_match_is_held_at_once_but_pending(ledger: MarketLedger) -> None:
    """A MATCHED buy counts in exposure and cash, and cannot be sold yet."""
    assert ledger.apply(fill(price=4_000, fee=7, gas_cost=3))
    assert (10 * SHARE, 10 * SHARE, 0) == (
        ledger.holdings(YES),
        ledger.pending(YES),
        ledger.settled(YES),
    )
    assert (10 * SHARE, 0, -4_000_010, 10) == (
        ledger.net_size,
        ledger.sellable(YES),
        ledger.cash,
        ledger.fees,
    )


def test_a_confirmed_match_is_settled(ledger: MarketLedger) -> None:
    """At CONFIRMED the tokens move from pending to settled and may be sold."""
    ledger.apply(fill())
    assert ledger.settle(fill().key)
    assert (0, 10 * SHARE, 10 * SHARE) == (
        ledger.pending(YES),
        ledger.settled(YES),
        ledger.sellable(YES),
    )


def test_a_failed_match_never_was(ledger: MarketLedger) -> None:
    """At FAILED holdings, cash, fees and profit are what they were before the fill."""
    ledger.apply(fill("t1", price=4_000), settled=True)
    before = (ledger.mark(5_000), ledger.fees, ledger.net_size)
    ledger.apply(fill("t2", side=Side.SELL, price=6_000, shares=3, fee=11))
    assert ledger.fail(("t2", "o1"))
    assert before == (ledger.mark(5_000), ledger.fees, ledger.net_size)
    assert 0 == ledger.pending(YES)


def test_a_fill_first_seen_confirmed_is_settled(ledger: MarketLedger) -> None:
    """MATCHED is not required: a fill first told at CONFIRMED counts and is settled."""
    assert ledger.apply(fill(), settled=True)
    assert (10 * SHARE, 0) == (ledger.settled(YES), ledger.pending(YES))


def test_a_pending_sale_is_not_sellable_again(ledger: MarketLedger) -> None:
    """What a pending sale has taken cannot be sold twice, nor what a pending buy brings."""
    ledger.apply(fill("t1", shares=10), settled=True)
    ledger.apply(fill("t2", side=Side.SELL, shares=4))
    ledger.apply(fill("t3", shares=20))
    assert (6 * SHARE, 10 * SHARE, 16 * SHARE) == (
        ledger.sellable(YES),
        ledger.settled(YES),
        ledger.pending(YES),
    )
    ledger.apply(fill("t4", side=Side.SELL, shares=9))
    assert 0 == ledger.sellable(YES)


# identity and order of states ------------------------------------------------------------------


def test_a_leg_counts_once(ledger: MarketLedger) -> None:
    """The same (trade, order) is one fill however often it is told, pending, settled or failed."""
    assert [True, False] == [ledger.apply(fill()), ledger.apply(fill())]
    ledger.settle(fill().key)
    assert not ledger.apply(fill(), settled=True)
    ledger.apply(fill("t2"))
    ledger.fail(("t2", "o1"))
    assert not ledger.apply(fill("t2"))
    assert 10 * SHARE == ledger.holdings(YES)


def test_one_trade_may_hit_two_orders(ledger: MarketLedger) -> None:
    """Legs of one trade on two of our orders are two fills."""
    assert ledger.apply(fill(order_id="o1"))
    assert ledger.apply(fill(order_id="o2"))
    assert 20 * SHARE == ledger.holdings(YES)


def test_hex_ids_count_the_same_in_both_cases(ledger: MarketLedger) -> None:
    """The exchange writes one hash in upper and lower case; other ids keep their case."""
    assert ledger.apply(fill("6b1D-0f", order_id="0xABcd"))
    assert not ledger.apply(fill("6B1d-0F", order_id="0Xabcd"))
    assert ledger.settle(("6B1D-0F", "0xABCD"))
    assert ("Zulu", "0xab") == trade_key("Zulu", "0xAB")


def test_a_pending_fill_told_again_as_confirmed_is_settled(ledger: MarketLedger) -> None:
    """A repeat that knows more is heard: it is no new fill, but it settles."""
    ledger.apply(fill())
    assert not ledger.apply(fill(), settled=True)
    assert (10 * SHARE, 0) == (ledger.settled(YES), ledger.pending(YES))


def test_confirmed_and_failed_are_final(ledger: MarketLedger) -> None:
    """Whichever came first stands; the other and repeats change nothing."""
    for trade_id in ("t1", "t2"):
        ledger.apply(fill(trade_id))
    assert [True, False, False] == [ledger.settle(("t1", "o1")) for _ in range(3)]
    assert not ledger.fail(("t1", "o1"))
    assert [True, False] == [ledger.fail(("t2", "o1")) for _ in range(2)]
    assert not ledger.settle(("t2", "o1"))
    assert (10 * SHARE, 0) == (ledger.settled(YES), ledger.pending(YES))


def test_a_confirmation_before_its_fill_is_remembered(ledger: MarketLedger) -> None:
    """CONFIRMED ahead of MATCHED: the fill counts once and is settled at once."""
    assert not ledger.settle(fill().key)
    assert [True, False] == [ledger.apply(fill()), ledger.apply(fill())]
    assert (10 * SHARE, 0) == (ledger.settled(YES), ledger.pending(YES))


def test_a_failure_before_its_fill_is_remembered(ledger: MarketLedger) -> None:
    """FAILED ahead of MATCHED: the fill never counts, not even if CONFIRMED follows."""
    assert not ledger.fail(fill().key)
    assert not ledger.settle(fill().key)
    assert not ledger.apply(fill())
    assert 0 == ledger.holdings(YES)


# money -----------------------------------------------------------------------------------------


def test_a_pair_is_worth_exactly_one(ledger: MarketLedger) -> None:
    """YES at 0.40 and NO at 0.55 make 0.05 a share whatever the mid, all realised."""
    ledger.apply(fill("t1", YES, price=4_000))
    ledger.apply(fill("t2", NO, price=5_500))
    assert {Equity(-9_500_000, 500_000, 0, 500_000)} == {
        ledger.mark(mid) for mid in (0, 3_333.5, 10_000)
    }


def test_buying_no_is_selling_yes(ledger: MarketLedger) -> None:
    """BUY NO at q and SELL YES at 1 - q give the same exposure and profit at every mid."""
    other = MarketLedger(MARKET)
    ledger.apply(fill("t1", NO, Side.BUY, price=3_000))
    other.apply(fill("t1", YES, Side.SELL, price=7_000))
    assert ledger.net_size == other.net_size
    for mid in (0.0, 4_321.5, 10_000.0):
        one, two = ledger.mark(mid), other.mark(mid)
        assert (one.realised, one.unrealised) == (two.realised, two.unrealised)


def test_fees_and_gas_are_realised_at_once(ledger: MarketLedger) -> None:
    """What a fill costs beside its price lowers realised profit and equity."""
    ledger.apply(fill(price=5_000, fee=20, gas_cost=5))
    assert Equity(-5_000_025, -25, 0, -25) == ledger.mark(5_000)


def test_tokens_are_rounded_down_once(ledger: MarketLedger) -> None:
    """A part of a cash unit is never counted as ours, long or short."""
    ledger.apply(Fill("t1", OrderId("o1"), YES, Side.BUY, 0, 1))
    assert (0, 0, 1) == tuple(ledger.mark(mid).unrealised for mid in (5_000, 9_999.5, 10_000))
    ledger.apply(Fill("t2", OrderId("o1"), NO, Side.BUY, 0, 2))
    assert 1 == ledger.mark(5_000).equity  # one pair and half a unit of NO


def test_cash_is_rounded_against_us(ledger: MarketLedger) -> None:
    """A buyer pays up, a seller receives down, to the unit."""
    ledger.apply(Fill("t1", OrderId("o1"), YES, Side.BUY, 3_333, 1))
    assert -1 == ledger.cash
    ledger.apply(Fill("t2", OrderId("o1"), YES, Side.SELL, 3_333, 1))
    assert -1 == ledger.cash


# bad input, checks and memory --------------------------------------------------------------------


@pytest.mark.parametrize("mid", [-0.5, 10_000.5, math.nan])
def test_a_mid_outside_a_dollar_is_refused(ledger: MarketLedger, mid: float) -> None:
    """Nothing is marked at a price that cannot be."""
    with pytest.raises(ValueError, match="mid"):
        ledger.mark(mid)


@pytest.mark.parametrize(
    ("price", "size", "named"),
    [(5_000, 0, "size 0"), (5_000, -1, "size -1"), (-1, 1, "price -1"), (10_001, 1, "price 10001")],
)
def test_a_senseless_fill_is_refused(price: int, size: int, named: str) -> None:
    """A fill has a size and a price between 0 and 1 dollar; the error names the leg."""
    with pytest.raises(ValueError, match=f"fill t1 of o1: {named}"):
        Fill("t1", OrderId("o1"), YES, Side.BUY, price, size)


def test_a_token_of_another_market_is_refused(ledger: MarketLedger) -> None:
    """Neither a fill nor a question about a foreign token is answered."""
    with pytest.raises(ValueError, match="333"):
        ledger.apply(fill(token=TokenId("333")))
    with pytest.raises(ValueError, match="333"):
        ledger.settled(TokenId("333"))


def test_settled_fills_are_folded_up_to_the_oldest_pending(ledger: MarketLedger) -> None:
    """Only what may still be taken back, and what came after it, is kept fill by fill."""
    for number in range(100):
        ledger.apply(fill(f"t{number}"), settled=number != 97)
    assert 3 == len(ledger._unfolded)
    ledger.settle(("t97", "o1"))
    assert (0, 1_000 * SHARE) == (len(ledger._unfolded), ledger.settled(YES))
    ledger.check()


def test_a_bounded_number_of_keys_is_remembered(
    ledger: MarketLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest final key is forgotten first."""
    monkeypatch.setattr(ledger_module, "KEYS_MAX", 2)
    for number in range(3):
        ledger.apply(fill(f"t{number}"), settled=True)
    assert [("t1", "o1"), ("t2", "o1")] == list(ledger._final)


def test_check_finds_sums_that_no_fills_explain(ledger: MarketLedger) -> None:
    """The check replays what is kept and compares."""
    ledger.apply(fill())
    ledger._total.cash += 1
    with pytest.raises(InvariantError, match="will-it-rain"):
        ledger.check()


def test_check_finds_a_pending_fill_that_was_folded(ledger: MarketLedger) -> None:
    """A pending fill must still be there to be taken back."""
    ledger._pending[fill().key] = fill()
    with pytest.raises(InvariantError, match="folded"):
        ledger.check()


def test_check_finds_a_pending_fill_that_is_final(ledger: MarketLedger) -> None:
    """Pending and final exclude each other."""
    ledger.apply(fill(), settled=True)
    ledger._unfolded[fill().key] = fill()
    ledger._pending[fill().key] = fill()
    ledger._total = ledger._replayed()
    with pytest.raises(InvariantError, match="final"):
        ledger.check()


def test_check_finds_a_net_size_that_holdings_contradict(ledger: MarketLedger) -> None:
    """The position is YES minus NO."""
    for account in (ledger._folded, ledger._total):
        account.position.size = 1
    with pytest.raises(InvariantError, match="net size"):
        ledger.check()


def test_check_finds_profit_that_cash_contradicts(ledger: MarketLedger) -> None:
    """Profit comes from cash flow and pairs alone."""
    for account in (ledger._folded, ledger._total):
        account.position.realised = 1
    with pytest.raises(InvariantError, match="profit"):
        ledger.check()
