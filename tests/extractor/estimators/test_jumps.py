"""The largest move within a minute, as observed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.estimators import jumps
from extractor.log import fold
from tests.extractor.conftest import Scribe


def test_moves_within_a_minute_add_up(scribe: Scribe) -> None:
    """0.50 to 0.54 in two steps of 20 s is one move of 4 cents, 8 %."""
    for at_s, shift in ((0, 0), (20, 200), (40, 400), (200, 400)):
        scribe.quote(at_s * 1_000.0, best_bid=4900 + shift, best_ask=5100 + shift)
    log = fold(scribe.events)
    assert pytest.approx(8.0) == jumps.max_jump_pct(log).value
    assert pytest.approx(4.0) == jumps.max_jump_cents(log).value
    assert "observed, not a bound" == jumps.max_jump_pct(log).note


def test_moves_over_more_than_a_minute_do_not(scribe: Scribe) -> None:
    """Two cents every 61 s are a move of two cents."""
    for step in range(4):
        scribe.quote(step * 61_000.0, best_bid=4900 + 200 * step, best_ask=5100 + 200 * step)
    assert 0.0 == jumps.max_jump_cents(fold(scribe.events)).value


@given(st.lists(st.tuples(st.integers(1, 40_000), st.integers(10, 9_900)), max_size=40))
def test_the_fast_walk_agrees_with_every_pair(steps: list[tuple[int, int]]) -> None:
    """The deques find what comparing all pairs of samples finds."""
    scribe, at_ms, mids = Scribe(), 0, []
    for gap_ms, bid in steps:
        at_ms += gap_ms
        mids.append((at_ms, bid + 50.0))
        scribe.quote(float(at_ms), best_bid=bid, best_ask=bid + 100)
    pairs = [
        abs(after - before) / 100
        for i, (then, before) in enumerate(mids)
        for now, after in mids[i:]
        if now - then <= 60_000
    ]
    expected = max(pairs) if len(mids) > 1 else None
    assert pytest.approx(expected) == jumps.max_jump_cents(fold(scribe.events)).value


def test_one_mid_is_no_move(scribe: Scribe) -> None:
    """Nothing to compare it with."""
    scribe.quote(0.0)
    assert jumps.max_jump_pct(fold(scribe.events)).value is None
