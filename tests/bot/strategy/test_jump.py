"""The jump guard sees every large move within its window, and stays alarmed until it is calm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.units import NS_PER_MS, NS_PER_S
from bot.strategy.jump import Jump, JumpGuard

MS = NS_PER_MS
START_NS = 1_780_000_000 * NS_PER_S
paths = st.lists(st.tuples(st.integers(0, 800), st.integers(0, 20)), max_size=40)


def guard() -> JumpGuard:
    """300 units within 2 s, calm after 10 s."""
    return JumpGuard(300.0, 2_000 * MS, 10_000 * MS)


def test_a_single_step_after_a_quiet_time_is_a_jump() -> None:
    """A mid holds until the next one, so an old observation still counts."""
    watched = guard()
    assert None is watched.observe(5_000.0, START_NS)
    assert Jump(5_000.0, 5_300.0, 0.0) == watched.observe(5_300.0, START_NS + 60_000 * MS)


@pytest.mark.parametrize("sign", [1, -1])
def test_small_steps_within_the_window_add_up(sign: int) -> None:
    """Three steps of one tick in 1.2 s are a jump of three, up or down."""
    watched = guard()
    for i in range(3):
        assert None is watched.observe(5_000.0 + sign * 100 * i, START_NS + i * 600 * MS)
    expected = Jump(5_000.0, 5_000.0 + sign * 300, 1_200.0)
    assert expected == watched.observe(5_000.0 + sign * 300, START_NS + 1_800 * MS)


@pytest.mark.parametrize("step", [100, -100])
def test_the_same_steps_spread_out_are_none(step: int) -> None:
    """What held until before the window is forgotten."""
    watched = guard()
    jumps = [watched.observe(5_000.0 + step * i, START_NS + i * 1_500 * MS) for i in range(6)]
    assert [None] * 6 == jumps


def test_calm_returns_after_the_calm_time() -> None:
    """Calm before, not after a jump, and again exactly when the time is over."""
    watched = guard()
    watched.observe(5_000.0, START_NS)
    assert watched.is_calm(START_NS)
    watched.observe(5_400.0, START_NS)
    calm = [watched.is_calm(START_NS + ms * MS) for ms in (0, 9_999, 10_000)]
    assert [False, False, True] == calm


def test_each_jump_is_measured_from_the_last() -> None:
    """A second move of the same size extends the alarm, a smaller one does not."""
    watched = guard()
    for mid, ms in ((5_000.0, 0), (5_300.0, 100), (5_500.0, 200)):
        watched.observe(mid, START_NS + ms * MS)
    assert watched.is_calm(START_NS + 10_100 * MS)
    assert None is not watched.observe(5_600.0, START_NS + 300 * MS)
    assert not watched.is_calm(START_NS + 10_200 * MS)


def test_time_that_goes_back_counts_as_now() -> None:
    """A late stamp neither hides a jump nor ends the alarm early."""
    watched = guard()
    watched.observe(5_000.0, START_NS)
    assert Jump(5_000.0, 5_300.0, 0.0) == watched.observe(5_300.0, START_NS - 5_000 * MS)
    assert not watched.is_calm(START_NS + 9_999 * MS)


@pytest.mark.parametrize(("size", "window", "calm"), [(0.0, 1, 1), (1.0, 0, 1), (1.0, 1, -1)])
def test_impossible_settings_are_refused(size: float, window: int, calm: int) -> None:
    """A guard that could never or would always fire is a mistake."""
    with pytest.raises(ValueError, match="jump guard"):
        JumpGuard(size, window, calm)


@given(paths)
def test_it_agrees_with_a_plain_search_of_the_window(path: list[tuple[int, int]]) -> None:
    """A jump is seen exactly when some mid in force within the window is that far away."""
    watched = guard()
    now_ns, held = START_NS, []  # held: (held until, mid) since the last jump
    last: int | None = None
    for wait_ms, level in path:
        now_ns += wait_ms * MS
        mid = level * 50
        held += [] if last is None else [(now_ns, last)]
        inside = [old for until, old in held if until >= now_ns - 2_000 * MS]
        is_jump = last is not None and any(abs(mid - old) >= 300 for old in inside)
        assert is_jump == (watched.observe(float(mid), now_ns) is not None)
        held = [] if is_jump else held
        last = mid
