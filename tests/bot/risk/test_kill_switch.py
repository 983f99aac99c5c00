"""The kill switch trips when it has to, once, and never forgets."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.units import CASH_SCALE, NS_PER_S
from bot.risk.kill_switch import KillSwitch, Latch
from bot.risk.limits import RiskLimits

LIMITS = RiskLimits()
DOLLAR, S = CASH_SCALE, NS_PER_S
START_NS = 1_780_000_000 * S


@pytest.mark.parametrize("reference", [0, 12 * DOLLAR, -3 * DOLLAR])
def test_it_trips_at_the_limit_and_not_before(reference: int) -> None:
    """A loss of $4.999999 is borne, one of $5 is not, counted from the reference."""
    switch = KillSwitch(LIMITS, reference=reference)
    assert None is switch.observe(reference - 5 * DOLLAR + 1, START_NS)
    assert None is switch.latch
    expected = Latch("loss", 5 * DOLLAR, START_NS + 1)
    assert expected == switch.observe(reference - 5 * DOLLAR, START_NS + 1)
    assert switch.is_tripped
    assert expected == switch.latch


def test_a_fall_from_a_gain_counts_from_the_reference() -> None:
    """Losing again what was won is no loss of capital."""
    switch = KillSwitch(LIMITS)
    marks = [switch.observe(equity * DOLLAR, START_NS) for equity in (4, 0, -4)]
    assert [None] * 3 == marks


def test_it_tells_only_once() -> None:
    """The first latch is the one that is kept; later losses add nothing."""
    switch = KillSwitch(LIMITS)
    first = switch.observe(-6 * DOLLAR, START_NS)
    assert None is switch.observe(-9 * DOLLAR, START_NS + S)
    assert first == switch.latch


def test_unknown_outcomes_trip_it_when_they_come_together() -> None:
    """Three within a minute; the latch tells the loss of that moment."""
    switch = KillSwitch(LIMITS)
    switch.observe(-2 * DOLLAR, START_NS)
    answers = [switch.on_unknown_outcome(START_NS + i * 30 * S) for i in range(3)]
    assert [None, None, Latch("unknown_outcomes", 2 * DOLLAR, START_NS + 60 * S)] == answers


def test_a_fill_in_no_ledger_trips_it_at_once() -> None:
    """One is enough, and the first reason stays."""
    switch = KillSwitch(RiskLimits())
    assert Latch("unbooked_fill", 0, START_NS) == switch.on_unbooked_fill(START_NS)
    assert switch.on_unbooked_fill(START_NS + S) is None
    assert switch.is_tripped


def test_unknown_outcomes_far_apart_do_not() -> None:
    """Any number of them, when no three fall within a minute."""
    switch = KillSwitch(LIMITS)
    answers = [switch.on_unknown_outcome(START_NS + i * 31 * S) for i in range(50)]
    assert [None] * 50 == answers


def test_a_latch_survives_a_restart() -> None:
    """Written and read back it starts the next run tripped, whatever the equity then."""
    latch = KillSwitch(LIMITS).observe(-5 * DOLLAR, START_NS)
    read = msgspec.json.decode(msgspec.json.encode(latch), type=Latch)
    later = KillSwitch(LIMITS, read)
    assert later.is_tripped
    assert None is later.observe(10 * DOLLAR, START_NS + 86_400 * S)
    assert None is later.on_unknown_outcome(START_NS + 86_400 * S)
    assert latch == later.latch


marks = st.tuples(st.booleans(), st.integers(-10 * DOLLAR, 10 * DOLLAR), st.integers(0, 90 * S))


@given(st.lists(marks, max_size=30))
def test_it_never_forgets(steps: list[tuple[bool, int, int]]) -> None:
    """After the first trip no equity, no time and no restart makes it untripped."""
    switch, now_ns, kept = KillSwitch(LIMITS), START_NS, None
    for is_mark, equity, wait_ns in steps:
        now_ns += wait_ns
        told = switch.observe(equity, now_ns) if is_mark else switch.on_unknown_outcome(now_ns)
        assert kept is None or told is None
        kept = kept or told
        assert kept == switch.latch
        assert (kept is not None) == switch.is_tripped
        if is_mark and equity <= -5 * DOLLAR:
            assert switch.is_tripped
        switch = KillSwitch(LIMITS, switch.latch) if kept else switch
