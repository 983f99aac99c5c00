"""The paper account never spends what it does not have."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import Side, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.venues.paper.ledger import Leg, PaperLedger
from bot.venues.paper.models import Charges

YES = TokenId("yes")
A, B = OrderId("a"), OrderId("b")


def order(side: Side, price: int, size: int) -> NewOrder:
    """An order on the one token of these tests."""
    return NewOrder(decision_id=1, token=YES, side=side, price=price, size=size, level=0)


def test_open_orders_hold_their_cash() -> None:
    """A second order may use only what the first leaves; a cancel gives it back."""
    ledger = PaperLedger(5_000_000, Charges())
    assert ledger.reserve(A, order(Side.BUY, 5000, 8_000_000))
    assert not ledger.reserve(B, order(Side.BUY, 5000, 3_000_000))
    assert 1_000_000 == ledger.cash
    ledger.release(A)
    assert 5_000_000 == ledger.cash
    assert ledger.reserve(B, order(Side.BUY, 5000, 3_000_000))


def test_bought_tokens_can_be_sold_only_when_settled() -> None:
    """A pending purchase is no inventory yet (polymarket.md 8.4)."""
    ledger = PaperLedger(5_000_000, Charges())
    ledger.reserve(A, order(Side.BUY, 5000, 8_000_000))
    leg = ledger.fill(A, 8_000_000)
    sale = order(Side.SELL, 6000, 8_000_000)
    assert not ledger.reserve(B, sale)
    ledger.confirm(leg)
    assert ledger.reserve(B, sale)
    ledger.confirm(ledger.fill(B, 8_000_000))
    assert (5_800_000, {YES: 0}) == (ledger.cash, ledger.tokens)


def test_a_failed_trade_gives_back_what_it_took() -> None:
    """Both sides of the account are as before the trade."""
    ledger = PaperLedger(5_000_000, Charges(bps=10))
    ledger.reserve(A, order(Side.BUY, 5000, 8_000_000))
    ledger.fail(ledger.fill(A, 8_000_000))
    assert (5_000_000, 0) == (ledger.cash, ledger.tokens[YES])
    ledger.tokens[YES] = 7
    ledger.reserve(B, order(Side.SELL, 5000, 7))
    ledger.fail(ledger.fill(B, 7))
    assert (5_000_000, 7) == (ledger.cash, ledger.tokens[YES])


def test_a_charge_beyond_the_proceeds_of_a_sale_is_held_as_cash() -> None:
    """Selling at one cent with two cents charged takes one cent of cash a share."""
    ledger = PaperLedger(0, Charges(cents_per_share=2))
    ledger.tokens[YES] = 5_000_000
    sale = order(Side.SELL, 100, 5_000_000)
    assert not ledger.reserve(A, sale)
    ledger.cash = 50_000
    assert ledger.reserve(A, sale)
    leg = ledger.fill(A, 5_000_000)
    assert (100_000, 0, 0) == (leg.fee, leg.cash_due, ledger.cash)


PARTS = st.lists(st.integers(1, 9_999_999), min_size=1, max_size=8)


@given(
    PARTS,
    st.sampled_from(list(Side)),
    st.integers(1, 9_999),
    st.floats(-30, 30),
    st.floats(-2, 2),
    st.integers(0, 40_000_000),
    st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_no_balance_is_ever_negative(
    parts: list[int],
    side: Side,
    price: int,
    bps: float,
    cents: float,
    cash: int,
    is_failed: list[bool],
) -> None:
    """Whatever is charged and however fills are cut, cash and tokens stay at or above zero."""
    ledger = PaperLedger(cash, Charges(bps, cents))
    ledger.tokens[YES] = cash
    whole = sum(parts)
    if not ledger.reserve(A, order(side, price, whole)):
        assert (cash, cash) == (ledger.cash, ledger.tokens[YES])
        return
    legs: list[Leg] = []
    for part in parts:
        legs.append(ledger.fill(A, part))
        assert min(ledger.cash, ledger.tokens[YES]) >= 0
    assert Charges(bps, cents).on(price, whole) == sum(leg.fee for leg in legs)
    for leg, failed in zip(legs, is_failed, strict=False):
        (ledger.fail if failed else ledger.confirm)(leg)
        assert min(ledger.cash, ledger.tokens[YES]) >= 0
    if all(is_failed[: len(legs)]):
        assert (cash, cash) == (ledger.cash, ledger.tokens[YES])


def test_other_charges_are_for_the_orders_to_come() -> None:
    """An order spends and gives back what it held, whatever the charge is by then."""
    ledger = PaperLedger(10_000_000, Charges(bps=100))
    ledger.reserve(A, order(Side.BUY, 5000, 8_000_000))
    ledger.charge(Charges())
    assert 40_000 == ledger.fill(A, 8_000_000).fee
    assert 5_960_000 == ledger.cash
    ledger.reserve(A, order(Side.BUY, 5000, 8_000_000))
    assert 0 == ledger.fill(A, 8_000_000).fee
