"""The position: profit at average cost, exact to the unit."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.position import Position

TRADES = st.lists(
    st.tuples(st.integers(-50, 50).filter(bool), st.integers(-(10**6), 10**6)), max_size=30
)


def traded(*trades: tuple[int, int]) -> Position:
    """A position after trades of (signed size, cash flow)."""
    position = Position()
    for size, flow in trades:
        position.trade(size, flow)
    return position


def state(position: Position) -> tuple[int, int, int]:
    """What a position is made of: size, basis, realised."""
    return position.size, position.basis, position.realised


def test_opening_realises_nothing() -> None:
    """Adding to a side only adds to the basis."""
    assert (30, -150, 0) == state(traded((10, -40), (20, -110)))


def test_closing_a_part_takes_its_share_of_the_basis() -> None:
    """A third of the shares leaves with a third of what all of them cost."""
    assert (20, -100, 10) == state(traded((30, -150), (-10, 60)))


def test_closing_all_leaves_no_basis() -> None:
    """What is flat has realised its whole cash flow."""
    assert (0, 0, -1) == state(traded((3, -100), (-1, 33), (-2, 66)))


def test_turning_closes_first_and_opens_with_the_rest() -> None:
    """Selling 30 out of a long 10 closes it with a third of the cash and is short with the rest."""
    assert (-20, 120, 20) == state(traded((10, -40), (-30, 180)))


def test_a_short_position_gains_when_it_is_bought_back_for_less() -> None:
    """Sold for 60 and bought back for 40 is 20."""
    assert (0, 0, 20) == state(traded((-10, 60), (10, -40)))


def test_a_rounding_never_flatters_the_realised_part() -> None:
    """Half of an odd basis: the odd unit stays open, on both sides and when turning."""
    assert (1, -50, -51) == state(traded((2, -101), (-1, 0)))
    assert (-1, 51, 50) == state(traded((-2, 101), (1, 0)))
    assert (-2, 67, 33) == state(traded((1, 0), (-3, 100)))


def test_a_copy_changes_on_its_own() -> None:
    """A copy is equal until one of the two trades."""
    position = traded((30, -150), (-10, 60))
    copy = position.copy()
    assert state(position) == state(copy)
    copy.trade(-5, 30)
    assert (20, -100, 10) == state(position)


@given(TRADES)
def test_nothing_is_lost_between_realised_and_basis(trades: list[tuple[int, int]]) -> None:
    """Realised plus basis is all cash that flowed; flat means no basis."""
    position = traded(*trades)
    assert sum(size for size, _ in trades) == position.size
    assert sum(flow for _, flow in trades) == position.realised + position.basis
    assert position.size or not position.basis


@given(TRADES)
def test_realised_is_the_average_cost_but_for_rounding(trades: list[tuple[int, int]]) -> None:
    """Against exact fractions, no trade moves more than two units by rounding."""
    position, exact = Position(), Exact()
    for size, flow in trades:
        position.trade(size, flow)
        exact.trade(size, flow)
    assert abs(exact.realised - position.realised) <= 2 * len(trades)


class Exact:
    """Average cost in fractions."""

    def __init__(self) -> None:
        self.size = 0
        self.basis = Fraction(0)
        self.realised = Fraction(0)

    def trade(self, size: int, flow: int) -> None:
        """Add one trade."""
        closed = min(abs(self.size), abs(size)) if self.size * size < 0 else 0
        out = Fraction(flow * closed, abs(size))
        released = self.basis * Fraction(closed, abs(self.size)) if closed else Fraction(0)
        self.realised += out + released
        self.basis += flow - out - released
        self.size += size
