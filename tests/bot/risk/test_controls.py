"""Nothing leaves that would break a limit, and every refusal names its control."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import ConditionId, Market, Side, TokenId, in_yes_terms
from bot.domain.units import CASH_SCALE, PRICE_SCALE, SIZE_GRID, SIZE_SCALE, cash_paid
from bot.risk.controls import (
    CONTROLS,
    Allowed,
    Denied,
    ProposedOrder,
    Reduced,
    RiskState,
    Verdict,
    check,
)
from bot.risk.limits import RiskLimits

SHARE, DOLLAR = SIZE_SCALE, CASH_SCALE
BUY, SELL = Side.BUY, Side.SELL
YES, NO, ELSEWHERE = TokenId("1"), TokenId("2"), TokenId("3")
LIMITS = RiskLimits()
MARKET = Market(
    condition_id=ConditionId("0x1"),
    slug="rain",
    question="Rain?",
    yes=YES,
    no=NO,
    tick=100,
    size_min=5 * SHARE,
)


class Offer(msgspec.Struct, frozen=True):
    """The plainest order there is; stands for proposed and open ones."""

    token: TokenId
    side: Side
    price: int
    size: int


def state(*orders: Offer, **changes: object) -> RiskState:
    """A market at 0.49/0.51 with $25 and no tokens, with changes."""
    quiet = RiskState(
        market=MARKET,
        tick=100,
        mid=5_000.0,
        best_bid=4_900,
        best_ask=5_100,
        net_size=0,
        sellable={},
        cash=25 * DOLLAR,
        invested=0,
        orders=orders,
    )
    return msgspec.structs.replace(quiet, **changes)


def limits(**changes: object) -> RiskLimits:
    """The default limits with changes."""
    return RiskLimits(**(msgspec.structs.asdict(LIMITS) | changes))


def buy(price: int = 4_900, shares: float = 5.0, token: TokenId = YES) -> Offer:
    """A bid."""
    return Offer(token, BUY, price, round(shares * SHARE))


def sell(price: int = 5_100, shares: float = 5.0, token: TokenId = YES) -> Offer:
    """An offer of tokens."""
    return Offer(token, SELL, price, round(shares * SHARE))


def test_a_plain_quote_is_allowed_on_both_outcomes() -> None:
    """5 shares at the touch, as a bid on YES and as a bid on NO."""
    assert Allowed() == check(buy(), state(), LIMITS)
    assert Allowed() == check(buy(token=NO), state(buy()), LIMITS)


HELD = {YES: 8 * SHARE}


@pytest.mark.parametrize(
    ("order", "given_state", "control"),
    [
        (buy(4_950), state(), "price_grid"),
        (buy(0), state(), "price_grid"),
        (buy(10_000), state(), "price_grid"),
        (buy(), state(mid=None), "price_band"),
        (buy(3_900), state(), "price_band"),
        (buy(6_100, token=NO), state(), "price_band"),
        (buy(shares=4.99), state(), "order_size"),
        (buy(5_100), state(), "post_only"),
        (buy(5_100, token=NO), state(), "post_only"),
        (sell(4_900), state(sellable=HELD), "post_only"),
        (buy(5_000), state(buy(5_000, token=NO)), "own_cross"),
        (buy(5_000, token=NO), state(buy(5_000)), "own_cross"),
        (sell(5_000), state(buy(5_000), sellable=HELD), "own_cross"),
        (buy(), state(net_size=21 * SHARE), "position"),
        (buy(token=NO), state(net_size=-21 * SHARE), "position"),
        (buy(), state(net_size=30 * SHARE), "position"),
        (sell(), state(), "tokens"),
        (sell(), state(sell(5_200), sellable=HELD), "tokens"),
        (buy(), state(cash=2 * DOLLAR), "capital"),
        (buy(), state(invested=23 * DOLLAR), "capital"),
        (buy(), state(*[buy(shares=10, token=ELSEWHERE)] * 5), "capital"),
        (
            sell(),
            state(*[sell(9_900, 6, ELSEWHERE)] * 4, sellable=HELD),
            "notional",
        ),
        (buy(), state(*[buy(100, 5, ELSEWHERE)] * 10), "open_orders"),
    ],
)
def test_each_control_denies_what_it_is_for(
    order: Offer, given_state: RiskState, control: str
) -> None:
    """The refusal names the control and says why."""
    verdict = check(order, given_state, LIMITS)
    assert isinstance(verdict, Denied)
    assert control == verdict.control
    assert verdict.reason


@pytest.mark.parametrize(
    ("order", "given_state", "given_limits", "expected"),
    [
        (buy(shares=12), state(), LIMITS, Reduced(10 * SHARE, "order_size")),
        (buy(shares=5.006), state(), LIMITS, Reduced(5 * SHARE, "order_size")),
        (buy(shares=9), state(net_size=18 * SHARE), LIMITS, Reduced(7 * SHARE, "position")),
        (
            buy(shares=9),
            state(buy(4_800), net_size=14 * SHARE),
            LIMITS,
            Reduced(6 * SHARE, "position"),
        ),
        (sell(shares=9), state(sellable=HELD), LIMITS, Reduced(8 * SHARE, "tokens")),
        (buy(shares=9), state(cash=3 * DOLLAR), LIMITS, Reduced(6_120_000, "capital")),
        (
            buy(shares=9),
            state(),
            limits(open_notional_max=3 * DOLLAR),
            Reduced(6_120_000, "notional"),
        ),
        (
            buy(shares=12),
            state(cash=3 * DOLLAR),
            limits(open_notional_max=4 * DOLLAR),
            Reduced(6_120_000, "capital"),
        ),
    ],
)
def test_a_control_lets_through_what_fits(
    order: Offer, given_state: RiskState, given_limits: RiskLimits, expected: Reduced
) -> None:
    """Rounded down to hundredths of a share; the control that cut last is named."""
    assert expected == check(order, given_state, given_limits)


def test_reducing_a_position_beyond_the_limit_is_allowed() -> None:
    """A limit that was passed stops what grows the position, never what shrinks it."""
    assert Allowed() == check(buy(token=NO), state(net_size=40 * SHARE), LIMITS)


def test_orders_in_other_markets_reserve_cash_but_do_not_cross() -> None:
    """A bid elsewhere at any price is no counterpart of ours."""
    assert Allowed() == check(buy(5_000), state(buy(9_000, token=ELSEWHERE)), LIMITS)


def test_a_token_of_another_market_is_an_error() -> None:
    """The state is of one market; judging another's order by it would be a bug."""
    with pytest.raises(ValueError, match="does not belong"):
        check(buy(token=ELSEWHERE), state(), LIMITS)


def test_a_market_without_a_minimum_still_needs_a_hundredth_of_a_share() -> None:
    """Sizes below the grid are nothing."""
    free = msgspec.structs.replace(MARKET, size_min=0)
    verdict = check(buy(shares=0.006), state(market=free), LIMITS)
    assert isinstance(verdict, Denied)
    assert "order_size" == verdict.control


@st.composite
def cases(draw: st.DrawFn) -> tuple[Offer, RiskState]:
    """An order near the touch and a state in which it has a fair chance to pass."""
    bid = draw(st.integers(12, 80))
    ask = bid + draw(st.integers(1, 8))
    given_state = state(
        *[draw(quotes(bid, ask, 0)) for _ in range(draw(st.integers(0, 3)))],
        mid=(bid + ask) * 50.0,
        best_bid=bid * 100,
        best_ask=ask * 100,
        net_size=draw(st.integers(-30 * SHARE, 30 * SHARE)),
        sellable={token: draw(st.integers(0, 20 * SHARE)) for token in (YES, NO)},
        cash=draw(st.integers(5 * DOLLAR, 30 * DOLLAR)),
        invested=draw(st.integers(0, 15 * DOLLAR)),
    )
    return draw(quotes(bid, ask, 1)), given_state


@st.composite
def quotes(draw: st.DrawFn, bid: int, ask: int, into_spread: int) -> Offer:
    """An order on either side and outcome, at most `into_spread` cents better than the touch."""
    is_bid, on_yes = draw(st.booleans()), draw(st.booleans())
    away = draw(st.integers(-into_spread, 6))
    cents = bid - away if is_bid else ask + away
    side = BUY if is_bid == on_yes else SELL
    price = cents * 100 if on_yes else (100 - cents) * 100
    size = draw(st.integers(450, 1_150).map(lambda hundredths: hundredths * SIZE_GRID))
    return Offer(YES if on_yes else NO, side, price, size)


def passed(order: Offer, verdict: Verdict) -> int:
    """The size that may leave."""
    match verdict:
        case Allowed():
            return order.size
        case Reduced(size=size):
            return size
        case Denied():
            return 0


def exposure(orders: list[ProposedOrder], side: Side) -> int:
    """Size of the orders that show this side in YES terms."""
    return sum(
        order.size
        for order in orders
        if in_yes_terms(MARKET.outcome(order.token), order.side, order.price)[0] is side
    )


@given(cases())
def test_nothing_that_passes_breaks_a_limit(case: tuple[Offer, RiskState]) -> None:
    """Counted afresh: size, position, tokens, cash, capital, notional, number and crossing."""
    order, given_state = case
    size = passed(order, check(order, given_state, LIMITS))
    if size == 0:
        return
    sent = msgspec.structs.replace(order, size=size)
    orders = [*given_state.orders, sent]
    side, price = in_yes_terms(MARKET.outcome(sent.token), sent.side, sent.price)
    bids = [
        other_price
        for other in orders
        for other_side, other_price in [
            in_yes_terms(MARKET.outcome(other.token), other.side, other.price)
        ]
        if other_side is not side
    ]
    reserved = sum(cash_paid(other.price, other.size) for other in orders if other.side is BUY)
    offered = sum(o.size for o in orders if (o.token, o.side) == (sent.token, SELL))
    assert 0 == size % SIZE_GRID
    assert MARKET.size_min <= size <= min(order.size, LIMITS.order_size_max)
    assert 0 < price < PRICE_SCALE
    assert abs(price - (given_state.mid or 0.0)) <= LIMITS.price_band
    assert price < given_state.best_ask if side is BUY else price > given_state.best_bid
    assert all(price < other if side is BUY else price > other for other in bids)
    assert side.sign * given_state.net_size + exposure(orders, side) <= LIMITS.position_max
    assert sent.side is SELL or reserved <= given_state.cash
    assert sent.side is SELL or reserved + given_state.invested <= LIMITS.capital
    assert sent.side is BUY or offered <= given_state.sellable[sent.token]
    assert sum(cash_paid(o.price, o.size) for o in orders) <= LIMITS.open_notional_max
    assert len(orders) <= LIMITS.open_orders_max


@given(cases())
def test_what_was_let_through_is_let_through_again(case: tuple[Offer, RiskState]) -> None:
    """A reduced order asked for in its reduced size is allowed as it is."""
    order, given_state = case
    size = passed(order, check(order, given_state, LIMITS))
    if size:
        reduced = msgspec.structs.replace(order, size=size)
        assert Allowed() == check(reduced, given_state, LIMITS)


@given(cases())
def test_every_verdict_names_a_known_control(case: tuple[Offer, RiskState]) -> None:
    """The names are a closed set: they become label values."""
    verdict = check(*case, LIMITS)
    assert isinstance(verdict, Allowed) or verdict.control in CONTROLS
