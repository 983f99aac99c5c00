"""The ledger against naive models: a list of fills that is summed anew for every question."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.domain.ledger import Fill, Key, MarketLedger
from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.units import PRICE_SCALE

YES, NO = TokenId("111"), TokenId("222")
SHARE = 1_000_000
MARKET = Market(ConditionId("0xc0"), "will-it-rain", "Will it rain?", YES, NO, 100, 5 * SHARE)


class LedgerAgainstReplay(RuleBasedStateMachine):
    """Drives a ledger, and a list of (fill, fate) that is summed anew for every question."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = MarketLedger(MARKET)
        self.fills: dict[Key, Fill] = {}
        self.fates: dict[Key, str] = {}  # final states, also of fills not told yet

    @rule(
        number=st.integers(0, 12),
        token=st.sampled_from((YES, NO)),
        side=st.sampled_from(Side),
        price=st.integers(0, 10_000),
        size=st.one_of(st.integers(1, 50), st.integers(1, 50).map(lambda n: n * SHARE)),
        costs=st.tuples(st.integers(0, 100), st.integers(0, 100)),
        settled=st.booleans(),
    )
    def apply(
        self,
        number: int,
        token: TokenId,
        side: Side,
        price: int,
        size: int,
        costs: tuple[int, int],
        settled: bool,  # noqa: FBT001 - a strategy
    ) -> None:
        """Tell a fill, perhaps again, perhaps with other numbers: the first telling counts."""
        told = Fill(f"t{number}", OrderId("o"), token, side, price, size, *costs)
        is_new = told.key not in self.fills and self.fates.get(told.key) != "failed"
        assert is_new == self.ledger.apply(told, settled=settled)
        if is_new:
            self.fills[told.key] = told
        if settled:
            self.fates.setdefault(told.key, "settled")

    @rule(number=st.integers(0, 12), settles=st.booleans())
    def decide(self, number: int, settles: bool) -> None:  # noqa: FBT001 - a strategy
        """Confirm or fail a leg, known or not: the first word is final."""
        key = (f"t{number}", "o")
        changes = key in self.fills and key not in self.fates
        decide = self.ledger.settle if settles else self.ledger.fail
        assert changes == decide(key)
        fate = self.fates.setdefault(key, "settled" if settles else "failed")
        if fate == "failed":
            self.fills.pop(key, None)

    @invariant()
    def holdings_are_the_sums(self) -> None:
        """Every holding is the plain sum over the fills that count."""
        self.ledger.check()
        for token in (YES, NO):
            mine = [f for f in self.fills.values() if f.token == token]
            pending = [f for f in mine if f.key not in self.fates]
            settled = signed(mine) - signed(pending)
            sold = sum(f.size for f in pending if f.side is Side.SELL)
            assert signed(mine) == self.ledger.holdings(token)
            assert signed(pending) == self.ledger.pending(token)
            assert settled == self.ledger.settled(token)
            assert max(0, settled - sold) == self.ledger.sellable(token)

    @invariant()
    def money_is_a_replay(self) -> None:
        """Cash, fees and profit equal a fresh ledger fed with the counting fills in order."""
        fresh = MarketLedger(MARKET)
        for one in self.fills.values():
            fresh.apply(one)
        assert (fresh.cash, fresh.fees) == (self.ledger.cash, self.ledger.fees)
        assert fresh.net_size == self.ledger.net_size
        for mid in (0, 4_999.5, 10_000):
            marked = self.ledger.mark(mid)
            assert fresh.mark(mid) == marked
            assert marked.equity == marked.realised + marked.unrealised
            assert worth(list(self.fills.values()), mid) == marked.equity


TestLedgerAgainstReplay = LedgerAgainstReplay.TestCase


def signed(fills: list[Fill]) -> int:
    """Bought minus sold."""
    return sum(f.size if f.side is Side.BUY else -f.size for f in fills)


def worth(fills: list[Fill], mid: float) -> int:
    """Cash plus tokens of both outcomes at the mid, rounded down once, without any cost basis."""
    cash = 0
    for f in fills:
        exact = f.price * f.size
        received = exact // PRICE_SCALE
        paid = -(-exact // PRICE_SCALE)
        cash += received if f.side is Side.SELL else -paid
        cash -= f.fee + f.gas_cost
    yes, no = (signed([f for f in fills if f.token == token]) for token in (YES, NO))
    half_units = round(mid * 2)  # the mids of these tests are whole or half price units
    return cash + (yes * half_units + no * (2 * PRICE_SCALE - half_units)) // (2 * PRICE_SCALE)


def numbered(number: int) -> Fill:
    """The fill of a number: both tokens and both sides come in turn, at ever other prices."""
    token, side = (YES, NO)[number % 2], tuple(Side)[number // 2 % 2]
    size = (1 + number * 3) * SHARE
    return Fill(f"t{number}", OrderId("o"), token, side, 1_000 + 777 * number, size)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=10, unique=True))
def test_a_failure_is_exact_at_every_place(failed: list[int]) -> None:
    """Whatever fails, and in whatever order, what is left equals fills that never failed."""
    ledger, kept = MarketLedger(MARKET), MarketLedger(MARKET)
    for number in range(10):
        ledger.apply(numbered(number))
        if number not in failed:
            kept.apply(numbered(number))
    for number in failed:
        assert ledger.fail(numbered(number).key)
        ledger.check()
    assert kept.mark(5_000) == ledger.mark(5_000)
