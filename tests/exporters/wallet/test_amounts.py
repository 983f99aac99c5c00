"""What the matches on their way can explain is no mismatch, and nothing else is explained away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import InputError
from exporters.wallet.amounts import MOVES_MAX, Amounts, Claim, compare

USD = 1_000_000
HELD = Amounts(cash=20 * USD, yes=10 * USD)
BOUGHT = Amounts(cash=-2 * USD, yes=5 * USD)
SOLD = Amounts(cash=3 * USD, yes=-6 * USD)
NOTHING = (0.0, 0.0, 0.0)


@pytest.mark.parametrize("landed", [(), (BOUGHT,), (SOLD,), (BOUGHT, SOLD)])
def test_a_match_may_be_there_or_not(landed: tuple[Amounts, ...]) -> None:
    """Any of them, in any order."""
    chain = HELD
    for move in landed:
        chain = chain.plus(move)
    found = compare(Claim(HELD, (BOUGHT, SOLD), 0.5), chain)
    assert NOTHING == found.mismatch_usd
    assert (chain, 2) == (found.ledger, found.in_flight)


def test_half_a_match_is_a_mismatch() -> None:
    """Cash that left without the tokens that it bought."""
    chain = HELD.plus(Amounts(cash=-2 * USD))
    assert (-2.0, 0.0, 0.0) == compare(Claim(HELD, (BOUGHT,), 0.5), chain).mismatch_usd


def test_a_missed_fill_shows_in_dollars_while_others_are_on_their_way() -> None:
    """Tokens count at the mid, a NO at the rest of a dollar."""
    missed = Amounts(cash=-4 * USD, no=5 * USD)
    chain = HELD.plus(BOUGHT).plus(missed)
    found = compare(Claim(HELD, (BOUGHT, SOLD), 0.2), chain)
    assert (-4.0, 0.0, 4.0) == found.mismatch_usd


def test_stolen_cash_is_no_sale_whose_tokens_are_gone() -> None:
    """Even where the tokens of a match on its way are worth less than the cash that is missing."""
    chain = HELD.plus(SOLD).minus(Amounts(cash=3 * USD + 50_000))
    found = compare(Claim(HELD, (SOLD,), 0.45), chain)
    assert pytest.approx((-3.05, 0.0, 0.0)) == found.mismatch_usd


def test_too_much_on_its_way_is_no_answer() -> None:
    """Rather than one that anything would fit."""
    with pytest.raises(InputError, match="13 matches are not settled"):
        compare(Claim(HELD, (BOUGHT,) * (MOVES_MAX + 1), 0.5), HELD)


sizes = st.integers(-10 * USD, 10 * USD)
amounts = st.builds(Amounts, sizes, sizes, sizes)


@given(st.lists(amounts, max_size=6), st.data())
def test_no_choice_leaves_less(moves: list[Amounts], data: st.DataObject) -> None:
    """However many landed, what is left is nothing."""
    chain = HELD
    for move in moves:
        if data.draw(st.booleans()):
            chain = chain.plus(move)
    assert NOTHING == compare(Claim(HELD, tuple(moves), 0.3), chain).mismatch_usd
