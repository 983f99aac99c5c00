"""What is kept for one token: recent mids and the levels where our orders stand."""

import msgspec

from bot.domain.market import Side, TokenId
from bot.domain.orders import NewOrder, Order, OrderId
from bot.engine.tokens import MID_HISTORY, TokenState, level_key
from tests.bot.engine.world import ASKS, BIDS, MARKET, NO, SHARE, YES


def order(side: Side, price: int) -> Order:
    """An order of ours on YES."""
    new = NewOrder(decision_id=1, token=YES, side=side, price=price, size=5 * SHARE, level=0)
    return Order(OrderId("o"), new, 0)


def state_with_mids(*mids: tuple[int, int]) -> TokenState:
    """A token whose mid became `mid` at each time."""
    state = TokenState(MARKET, YES)
    for at_ns, mid in mids:
        state.book.load([(mid - 100, SHARE)], [(mid + 100, SHARE)])
        state.note_mid(at_ns)
    return state


def test_the_mid_before_is_strictly_before() -> None:
    """A mid that began at the very moment does not count as before it."""
    state = state_with_mids((10, 5_000), (20, 4_900))
    assert 5_000.0 == state.mid_before(20)
    assert 4_900.0 == state.mid_before(21)


def test_the_oldest_mid_stands_for_all_before_it() -> None:
    """Better the oldest known mid than none; without any there is none."""
    assert 5_000.0 == state_with_mids((10, 5_000)).mid_before(5)
    assert TokenState(MARKET, YES).mid_before(5) is None


def test_equal_mids_are_remembered_once_and_history_is_bounded() -> None:
    """Memory holds changes of the mid, and not more than so many."""
    state = state_with_mids((10, 5_000), (20, 5_000))
    assert [(10, 5_000.0)] == list(state.mids)
    many = state_with_mids(*((at, 5_000 + 100 * (at % 2)) for at in range(2 * MID_HISTORY)))
    assert MID_HISTORY == len(many.mids)


def test_a_one_sided_book_has_no_mid() -> None:
    """Nothing is remembered for it."""
    state = TokenState(MARKET, YES)
    state.book.load([(4_800, SHARE)], [])
    assert state.note_mid(10) is None
    assert [] == list(state.mids)


def test_a_book_without_trust_has_no_mid_to_remember() -> None:
    """Markouts and worth are measured against these mids."""
    state = state_with_mids((10, 5_000))
    state.book.load([(5_100, SHARE)], [(4_900, SHARE)])
    assert state.note_mid(20) is None
    assert [(10, 5_000.0)] == list(state.mids)


def test_changed_terms_reach_the_check_of_the_hash() -> None:
    """Minimum size and kind of market are part of what is hashed."""
    state = TokenState(MARKET, YES)
    terms = msgspec.structs.replace(MARKET, size_min=15 * SHARE, neg_risk=True)
    state.take_terms(terms)
    assert terms is state.market is state.hash_check.market


def test_a_level_is_watched_as_long_as_an_order_of_ours_stands_there() -> None:
    """Two orders at one level need two partings; a parting too many does no harm."""
    state = TokenState(MARKET, YES)
    bid = order(Side.BUY, 4_800)
    state.watch_order(bid)
    state.watch_order(bid)
    state.unwatch_order(bid)
    assert {level_key(4_800, is_bid=True): 1} == state.watch
    state.unwatch_order(bid)
    state.unwatch_order(bid)
    assert {} == state.watch


def test_sides_at_one_price_are_different_levels() -> None:
    """A bid and an ask at one price are told apart."""
    assert level_key(4_800, is_bid=True) != level_key(4_800, is_bid=False)


def test_a_token_knows_its_outcome() -> None:
    """YES first; a stranger is refused where it is made."""
    state = TokenState(MARKET, NO)
    assert not state.is_yes
    assert TokenState(MARKET, YES).is_yes
    assert TokenId("222") == state.book.token
    state.book.load(BIDS, ASKS)
    assert 5_000.0 == state.book.mid
